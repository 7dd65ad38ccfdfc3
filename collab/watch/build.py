"""Which code this process runs."""

import hashlib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: What decides how a node behaves: templates and static files are read anew, or named by what is in them.
PACKAGES = ("accounts", "collab", "rooms")


@cache
def build() -> str:
    """A short name for the code: the same on all machines that have the same."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((PROJECT / package).rglob("*.py")):
            digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:8]
