"""Versions of everything that was measured."""

import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.peers import nchan, node
from collab.embedded.valkey import binary

PACKAGES = ("daphne", "channels", "channels-redis", "django", "twisted", "autobahn", "uvloop")


def versions(folder: Path) -> dict[str, str]:
    """By name; `folder` is that of all benches."""
    return {
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "Valkey": _valkey(),
        **node.versions(),
        **nchan.versions(folder / "nchan"),
    }


def _valkey() -> str:
    run = subprocess.run([str(binary()), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"v=(\S+)", run.stdout)
    return found[1] if found else "unknown"
