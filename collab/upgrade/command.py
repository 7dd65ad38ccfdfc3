"""The upgrade, from its first look to its last word."""

from collections.abc import Sequence
from pathlib import Path

from .errors import NotRestarted, Stop
from .node import Node
from .options import RELEASE, Environment, Options, options, settings
from .programs import Clock, Program, Worker
from .steps import collect, install, manage, point, python, say


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
    for node in nodes(asked, site):
        if not node.is_ready():
            raise Stop(
                f"{node} is not well now. Mend that first: its log says why, and so does curl {node.ready_at}; "
                f"to start it anew: {node.command}"
            )


def tell(asked: Options, site: Environment) -> None:
    """Say what would be done."""
    say(f"From {in_use(asked.link) or 'nothing'} to {RELEASE}; all nodes named are ready.")
    say("It would install the packages of requirements.txt, check the settings, migrate, add the static files,")
    say(f"have {asked.link} name the new release, and run, each once the one before is well:")
    for program in programs(asked, site):
        say(f"  {program.command}")
    if Path(python()).exists():
        say("Migrations:")
        manage(site, "migrate", "--plan")


def nodes(asked: Options, site: Environment) -> list[Node]:
    """Those named, each where it listens."""
    usual = site.get("NODE_HOST") or "127.0.0.1"
    return [Node(asked.restart.replace("{}", str(port)), host or usual, port) for host, port in asked.nodes]


def programs(asked: Options, site: Environment) -> list[Program]:
    """What is restarted, in its order.

    The worker first, which has to know whatever new nodes leave it to do; the clock last, which asks for what is new.
    """
    every = [Worker(asked.restart_worker), *nodes(asked, site), Clock(asked.restart_beat)]
    return [program for program in every if program.command]


def upgrade(asked: Options, site: Environment) -> None:
    """Do it. Raises Stop, with the link as it was, where something does not come back well."""
    before = in_use(asked.link)
    say("Packages and settings:")
    install(asked.requirements)
    manage(site, "check", "--deploy")
    say("Database and static files:")
    manage(site, "migrate", "--no-input", "--verbosity=1")
    collect(site)
    say("Restarting:")
    point(asked.link, RELEASE)
    for program in programs(asked, site):
        try:
            program.replace(site)
        except Stop as stop:
            done = go_back(asked, site, program, before, stop) if before else "Mend that and run this again."
            raise Stop(f"{stop} {done}") from stop
    say(f"The site runs {RELEASE}.")


def in_use(link: Path) -> Path | None:
    """The release that the link names."""
    return link.resolve() if link.is_symlink() else None


def go_back(asked: Options, site: Environment, failed: Program, before: Path, why: Stop) -> str:
    """What failed, and whatever starts from now on, is what ran before, with the names of its static files.

    Returns what was done of it, in words.
    """
    say(f"{why} Going back:")
    try:
        point(asked.link, before)
        collect(site, before)
        if not isinstance(why, NotRestarted):
            failed.start_anew(site)
    except Stop as stop:
        return f"With {before} it did not come back either: {stop} Once that is mended: {failed.command}"
    return (
        f"Now {failed} runs {before}, as will whatever starts from now on; what was replaced before it runs {RELEASE}. "
        f"Mend the new release and run this anew; or have everything go back: {before}/deploy/upgrade with the same "
        "options."
    )
