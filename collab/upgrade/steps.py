"""What is run, and by whom."""

import os
import pwd
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .errors import Stop
from .options import RELEASE, Environment

#: Seconds between two looks at something that is waited for.
STEP = 0.2


def say(text: str) -> None:
    """Tell whoever looks on."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def python(release: Path = RELEASE) -> str:
    """The interpreter of a release, with its packages."""
    return str(release / ".venv" / "bin" / "python")


def run(
    command: list[str], *, release: Path = RELEASE, site: Environment | None = None, owner: Path | None = None
) -> None:
    """Run a command in the folder of a release; for root, as whoever owns a folder. Raises Stop where it fails."""
    who = owner.stat() if owner and os.geteuid() == 0 else None
    say(f"  {shlex.join(command)}")
    try:
        done = subprocess.run(
            command,
            cwd=release,
            env=environment(site, who),
            user=who.st_uid if who else None,
            group=who.st_gid if who else None,
            extra_groups=[] if who else None,
            check=False,
        )
    except OSError as error:
        raise Stop(f"“{shlex.join(command)}” could not be run: {error.strerror}.") from error
    if done.returncode:
        raise Stop(f"“{shlex.join(command)}” failed; the lines above say why.")


def environment(site: Environment | None, who: os.stat_result | None) -> Environment:
    """What a command is given: the site's settings, if any, and the home of whoever it runs as.

    In root's libpq looks for certificates, and gives up where it may not look.
    """
    given = dict(os.environ) if site is None else site
    if who is None:
        return given
    try:
        return {**given, "HOME": pwd.getpwuid(who.st_uid).pw_dir}
    except KeyError:
        return {**given, "HOME": "/"}


def install(own: Path) -> None:
    """The packages of the new release, in a folder of its own; what runs has its own still.

    `own`: a list of what the host adds, if it is there. Both at once, for pip to see what does not go together.
    """
    if not Path(python()).exists():
        run([sys.executable, "-m", "venv", ".venv"], owner=RELEASE)
    pip = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lists = ["requirements.txt", *([str(own)] if own.exists() else [])]
    run([*pip, *(word for each in lists for word in ("-r", each))], owner=RELEASE)
    run([python(), "-m", "compileall", "-q", "accounts", "collab", "rooms"], owner=RELEASE)


def manage(site: Environment, *arguments: str, release: Path = RELEASE) -> None:
    """One of the site's commands, as whoever owns the site's data."""
    run([python(release), "manage.py", *arguments], release=release, site=site, owner=Path(site["VAR_DIR"]))


def collect(site: Environment, release: Path = RELEASE) -> None:
    """Add a release's static files to those that are there: pages of before still ask for theirs."""
    manage(site, "collectstatic", "--no-input", "--verbosity=0", release=release)


def point(link: Path, release: Path) -> None:
    """Have the link name a release, from one moment to the next."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(release)
    new.replace(link)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Wait for something that has to be asked for; whether it came."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(STEP)
    return True
