"""What a backup says of itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from django.db.migrations.loader import MigrationLoader

from .errors import BackupError

NAME = "manifest.json"
FORMAT = 1


# Whoever can write where backups lie can write all of this: nothing of it may be more than it should be.
PartName = Annotated[str, msgspec.Meta(pattern=r"\A(database\.dump|media\.tar|secret_key)(\.age)?\Z")]
Size = Annotated[int, msgspec.Meta(ge=0)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Md5 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Part(msgspec.Struct, frozen=True):
    """One file of a backup, as it lies there: sealed, where the backup is."""

    name: PartName
    size: Size
    sha256: Sha256


class RoomMark(msgspec.Struct, frozen=True):
    """Where a room stood: its head, its tail (`first`), how many entries are between, and a checksum over all."""

    id: int
    head: int
    first: int
    entries: int
    checksum: Md5
    #: The same of its messages, of which many are older than its log.
    messages: int = 0
    said: Md5 = ""

    @property
    def is_gapless(self) -> bool:
        """Its log runs from the tail to the head without a gap."""
        return self.entries == self.head - self.first + 1


class Manifest(msgspec.Struct, frozen=True):
    """All that must be known before anything of a backup is used."""

    format: int
    site: str
    made_at: datetime
    postgres: str
    #: Applied migrations, as `rooms.0001_initial`.
    migrations: list[str]
    is_sealed: bool
    parts: list[Part]
    rooms: list[RoomMark]
    #: Files that rows name and that were not there to be taken.
    missing: list[str]

    def part(self, name: str) -> Part | None:
        """The part of that name, sealed or not."""
        return next((part for part in self.parts if part.name.removesuffix(".age") == name), None)


class _Format(msgspec.Struct):
    format: int


def read(text: bytes) -> Manifest:
    """Raises BackupError where it is damaged, or of a format that is not known here."""
    try:
        known = msgspec.json.decode(text, type=_Format).format == FORMAT
        if known:
            return msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupError(f"the backup's {NAME} is damaged: {error}. Use another backup.") from error
    raise BackupError("the backup is of a newer version of Collab: install that version, then restore.")


def check_migrations(migrations: Iterable[str]) -> None:
    """Raises BackupError where the backup is of a database that this version does not know."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    unknown = sorted(set(migrations) - known)
    if unknown:
        raise BackupError(
            f"the backup is of a newer version of Collab (it has {unknown[0]}): install that version, then restore."
        )
