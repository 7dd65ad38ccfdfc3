"""The units of deploy/systemd, read as systemd does: each with what all have in common."""

from collections import defaultdict
from pathlib import Path

from collab.embedded.environment import PROJECT

UNITS = PROJECT / "deploy" / "systemd"
COMMON = UNITS / "collab-.service.d" / "common.conf"
SERVICES = sorted(UNITS.glob("*.service"))

#: By section and name, the values in their order: a name may come several times.
Unit = dict[tuple[str, str], list[str]]


def read(path: Path) -> Unit:
    """A unit file, and for a service what all services have in common."""
    unit: Unit = defaultdict(list)
    for file in [path, COMMON] if path.suffix == ".service" else [path]:
        section = ""
        for line in file.read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                name, _, value = line.partition("=")
                unit[section, name].append(value)
    return unit


def last(path: Path, name: str, section: str = "Service") -> str:
    """The value that counts where only one does."""
    return read(path)[section, name][-1]
