"""Which code this is: the same on every node that runs the same."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from collab.embedded.environment import PROJECT


def of_code(project: Path = PROJECT) -> str:
    """Twelve hexadecimal digits of a hash over the code and the templates in a folder."""
    digest = hashlib.sha256()
    for path in sorted(_files(project)):
        digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _files(project: Path) -> Iterator[Path]:
    for package in ("accounts", "collab", "rooms"):
        yield from (project / package).rglob("*.py")
    yield from (project / "templates").rglob("*.html")


#: What this process runs: read when it starts, for the files may be newer soon after.
CODE = of_code()
