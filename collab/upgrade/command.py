"""The upgrade, from its first look to its last word."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from .errors import Stop
from .options import RELEASE, Environment, Options, options, settings
from .programs import is_ready, replace_node, replace_worker
from .steps import collect, install, manage, point, python, run, say


def main(arguments: Sequence[str]) -> int:
    """Upgrade as the command line says; the exit code."""
    asked = options(arguments)
    try:
        site = settings(asked.env)
        look(asked, site)
        if asked.check:
            tell(asked, site)
        else:
            upgrade(asked, site)
    except Stop as stop:
        say(f"collab: stopped. {stop}")
        return 1
    return 0


def look(asked: Options, site: Environment) -> None:
    """Everything is well before: with one node that is not, the next to go would be missed. Raises Stop."""
    if asked.link.exists() and not asked.link.is_symlink():
        raise Stop(f"{asked.link} is no link to a release. Name the one that is: --link")
    if not Path(site["VAR_DIR"]).is_dir():
        raise Stop(f"there is no folder {site['VAR_DIR']}, which VAR_DIR names.")
    for port in asked.nodes:
        if not is_ready(port):
            raise Stop(f"the node on port {port} is not well now. Mend that first: curl 127.0.0.1:{port}/health/ready")


def tell(asked: Options, site: Environment) -> None:
    """Say what would be done."""
    say(f"From {in_use(asked.link) or 'nothing'} to {RELEASE}; all nodes are ready.")
    say("It would install the packages of requirements.txt, check the settings, migrate, add the static files,")
    say(f"have {asked.link} name the new release, and run, each once the one before is well:")
    for command in commands(asked):
        say(f"  {command}")
    if Path(python()).exists():
        say("Migrations:")
        manage(site, "migrate", "--plan")


def commands(asked: Options) -> list[str]:
    """What restarts everything, in its order.

    The worker first, which has to know whatever new nodes leave it to do; the clock last, which asks for what is new.
    """
    nodes = [asked.restart.replace("{}", str(port)) for port in asked.nodes]
    return [each for each in (asked.restart_worker, *nodes, asked.restart_beat) if each]


def upgrade(asked: Options, site: Environment) -> None:
    """Do it. Raises Stop, with the link as it was, where something does not come back well."""
    before = in_use(asked.link)
    say("Packages and settings:")
    install()
    manage(site, "check", "--deploy")
    say("Database and static files:")
    manage(site, "migrate", "--no-input", "--verbosity=1")
    collect(site)
    say("Restarting:")
    point(asked.link, RELEASE)
    try:
        roll(asked, site)
    except Stop as stop:
        if before is not None:
            go_back(asked, site, before)
        raise Stop(f"{stop} {what_to_do(before)}") from stop
    say(f"The site runs {RELEASE}.")


def roll(asked: Options, site: Environment) -> None:
    """Worker, nodes one after the other, clock."""
    if asked.restart_worker:
        replace_worker(site, asked.restart_worker)
    for port in asked.nodes:
        replace_node(site, port, asked.restart)
    if asked.restart_beat:
        run(shlex.split(asked.restart_beat))


def in_use(link: Path) -> Path | None:
    """The release that the link names."""
    return link.resolve() if link.is_symlink() else None


def go_back(asked: Options, site: Environment, before: Path) -> None:
    """Whatever starts from now on is what ran before, with the names of its static files."""
    point(asked.link, before)
    collect(site, before)


def what_to_do(before: Path | None) -> str:
    """After a stop on the way."""
    if before is None:
        return "Mend that and run this again."
    return (
        f"No more was restarted, and what starts from now on is {before} again. Mend the new release and run this "
        f"anew; or have everything go back, the worker too: {before}/deploy/upgrade with the same options."
    )
