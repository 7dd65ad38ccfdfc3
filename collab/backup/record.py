"""When the last backup was made, and when one was tried, well or not: for `manage.py doctor`, and whoever asks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

NAME = "last_backup.json"


#: With its time zone.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Last(msgspec.Struct, frozen=True):
    """The last backup that was made here: when, where it lies, the SHA-256 of its manifest.

    verified_at: when one was last found good; failed_at: when one was last found wanting. Each was the newest then.
    """

    at: Moment
    to: str
    manifest: str = ""
    verified_at: Moment | None = None
    failed_at: Moment | None = None


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
    """Note a backup that is whole. What is known of those before stays: it tells whether one was ever tried."""
    _write(var, msgspec.structs.replace(last(var) or Last(at, to), at=at, to=to, manifest=manifest))


def verified(var: Path, to: str) -> None:
    """Note that it was verified, where it is the last one that was made here."""
    _note(var, to, "verified_at")


def failed(var: Path, to: str) -> None:
    """Note that it was tried and is not as it should be, where it is the last one that was made here."""
    _note(var, to, "failed_at")


def _note(var: Path, to: str, what: str) -> None:
    said = last(var)
    if said is not None and said.to == to:
        _write(var, msgspec.structs.replace(said, **{what: datetime.now(UTC)}))


def _write(var: Path, said: Last) -> None:
    new = var / f"{NAME}.new"
    new.write_bytes(msgspec.json.encode(said))
    new.replace(var / NAME)
