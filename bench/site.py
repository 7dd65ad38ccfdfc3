"""A site of the measurement's own, started as `make up` starts it, in a folder that goes with it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.children import command
from bench.errors import CannotMeasure
from bench.plan import Seat, Seating
from collab.embedded.environment import PROJECT
from collab.embedded.server import tethered

#: What would point the site, and with it the load, at somebody's real data.
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "EXTRA_ORIGINS", "EMAIL_URL", "HOST")
PATIENCE = 120.0


class RunningSite(NamedTuple):
    """Where a site answers, and the environment its commands run in."""

    url: str
    environment: dict[str, str]


@contextlib.contextmanager
def own_site(folder: Path) -> Iterator[RunningSite]:
    """A new site; stopped, and everything it stored removed, at the end.

    Args:
        folder: where its own folder is made: on a disk, for a commit to cost what it costs.

    Raises:
        CannotMeasure: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="site-", dir=folder) as name:
        var = Path(name)
        # PostgreSQL runs as another user where this is root.
        var.chmod(0o711)
        port = free_port()
        environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
        # What is counted is the load of the bench alone.
        environment |= {"VAR_DIR": str(var), "PORT": str(port), "CANARY_SECONDS": "0"}
        with started(environment):
            yield RunningSite(f"http://127.0.0.1:{port}", environment)


@contextlib.contextmanager
def started(environment: dict[str, str]) -> Iterator[None]:
    """`manage.py up`, ready; asked to stop at the end, and waited for."""
    process = subprocess.Popen(
        tethered([sys.executable, "manage.py", "up"]),
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        listen(process)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listen(process: "subprocess.Popen[str]") -> None:
    """Wait until the site is ready; from then on pass on its complaints.

    Raises:
        CannotMeasure: it ended instead, with its last words.
    """
    assert process.stdout is not None
    timer = threading.Timer(PATIENCE, process.terminate)
    timer.start()
    line = ""
    for line in process.stdout:
        if re.search(r"\bReady: ", line):
            break
    else:
        raise CannotMeasure(f"the site did not start: {line.strip()}")
    timer.cancel()
    threading.Thread(target=pass_on, args=(process.stdout,), daemon=True).start()


def pass_on(lines: Iterator[str]) -> None:
    """Show what the site says while it is measured: it should say nothing until it is stopped."""
    for line in lines:
        if not re.search(r"Stopp(ing|ed)\b|shutdown", line):
            print(f"site: {line.rstrip()}", file=sys.stderr)


async def seated(environment: Mapping[str, str], seating: Seating, folder: Path) -> list[Seat]:
    """Make people on a site, and sign them in.

    Args:
        environment: of the site's commands.
        seating: who, and in which rooms.
        folder: that nobody else may look into: their sessions pass through it.

    Raises:
        CannotMeasure: that failed.
    """
    file, asked = folder / "seats.json", msgspec.json.encode(seating).decode()
    await command(environment, "-m", "bench.cast", asked, str(file), failed="the people could not be seated")
    return msgspec.json.decode(file.read_bytes(), type=list[Seat])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
