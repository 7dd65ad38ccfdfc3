"""When the last backup was made, and whether it was verified: for `manage.py doctor`, and whoever asks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

NAME = "last_backup.json"


#: With its time zone.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Last(msgspec.Struct, frozen=True):
    """The last backup that was made here: when, where it lies, the SHA-256 of its manifest, when it was verified."""

    at: Moment
    to: str
    manifest: str = ""
    verified_at: Moment | None = None


def read(var: Path) -> Last:
    """The last one.

    Raises:
        FileNotFoundError: there was none.
        OSError, msgspec.DecodeError: nobody can tell.
    """
    return msgspec.json.decode((var / NAME).read_bytes(), type=Last)


def last(var: Path) -> Last | None:
    """The last one; None where there was none, or nobody can tell."""
    try:
        return read(var)
    except (OSError, msgspec.DecodeError):
        return None


def made(var: Path, to: str, at: datetime, manifest: str) -> None:
    """Note a backup that is whole."""
    _write(var, Last(at, to, manifest))


def verified(var: Path, to: str) -> None:
    """Note that it was verified, where it is the last one that was made here."""
    said = last(var)
    if said is not None and said.to == to:
        _write(var, msgspec.structs.replace(said, verified_at=datetime.now(UTC)))


def _write(var: Path, said: Last) -> None:
    new = var / f"{NAME}.new"
    new.write_bytes(msgspec.json.encode(said))
    new.replace(var / NAME)
