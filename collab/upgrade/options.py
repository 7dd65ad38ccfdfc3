"""What an upgrade is told."""

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .errors import Stop

RELEASE = Path(__file__).resolve().parent.parent.parent

Environment = dict[str, str]

OWN_PACKAGES = "what this host adds to the packages of each release, where the file is there; %(default)s"


class Place(NamedTuple):
    """Where a node listens; without a host where the settings say."""

    host: str
    port: int


class Options(argparse.Namespace):
    """As the command line has them."""

    check: bool
    nodes: list[Place]
    env: Path
    requirements: Path
    link: Path
    restart: str
    restart_worker: str
    restart_beat: str


def options(arguments: Sequence[str]) -> Options:
    """Those of a command line; it ends the process where it is at fault."""
    parser = argparse.ArgumentParser(
        prog="deploy/upgrade", description=f"Have the running site go over to the release in {RELEASE}."
    )
    add = parser.add_argument
    add("--nodes", nargs="+", type=place, default=[], metavar="PORT", help="this machine's, if any: PORT or HOST:PORT")
    add("--check", action="store_true", help="only say what would be done")
    add("--env", type=Path, default=Path("/etc/collab/env"), help="the site's settings; %(default)s")
    add("--requirements", type=Path, default=Path("/etc/collab/requirements.txt"), help=OWN_PACKAGES)
    add("--link", type=Path, default=RELEASE.parent.parent / "current", help="names the release in use; %(default)s")
    add("--restart", default="systemctl restart collab-node@{}", help="restarts a node, {} its port; %(default)s")
    add("--restart-worker", default="systemctl restart collab-worker", help="%(default)s; empty: there is none here")
    add("--restart-beat", default="systemctl restart collab-beat", help="%(default)s; empty: there is none here")
    return parser.parse_args(arguments, Options())


def place(text: str) -> Place:
    """`8001`, `10.0.0.11:8001` or `[fd00::11]:8001`. Raises ArgumentTypeError."""
    host, _, number = text.rpartition(":")
    return Place(host.strip("[]"), port(number))


def port(text: str) -> int:
    """One of TCP. Raises ArgumentTypeError for what is none."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; it must be a number from 1 to 65535")
    return int(text)


def settings(file: Path) -> Environment:
    """The environment of the site's commands, from a file as systemd's EnvironmentFile has it. Raises Stop."""
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}. Name the file with the site's settings: --env") from error
    pairs = [line.partition("=") for line in lines if line and line[0] not in "#;"]
    said = {name.strip(): unquoted(value) for name, _, value in pairs}
    for name in ("SITE_URL", "VAR_DIR"):
        if not said.get(name):
            raise Stop(f"{file} does not say {name}, as deploy/systemd/env.example does.")
    return {**os.environ, **said}


def unquoted(value: str) -> str:
    """A value without the quotes that it may stand in."""
    value = value.strip()
    return shlex.split(value)[0] if value[:1] in {'"', "'"} else value
