"""Where backups lie: a folder, or a bucket. Each backup has a name and parts; its manifest makes it whole."""

import contextlib
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from . import manifest
from .errors import BackupError
from .manifest import Manifest

S3 = "s3://"


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int | None:
        """Raises OSError or BackupError."""


class Source(Protocol):
    """Gives bytes."""

    def read(self, size: int = ..., /) -> bytes:
        """At most so many, or all that are left; none at the end."""


def made_at(backup: str) -> str:
    """When it was made, by its name: backups of several sites may lie in one place."""
    return backup.rpartition("-")[2]


class Place(ABC):
    """Every method raises OSError or BackupError where the place cannot be reached or written."""

    @abstractmethod
    def address(self, backup: str) -> str:
        """Where one backup lies, in full."""

    @abstractmethod
    def whole(self) -> list[str]:
        """Names of the backups that are whole, oldest first as far as their names tell."""

    @abstractmethod
    def has(self, backup: str) -> bool:
        """Whether there is a whole backup of that name."""

    @abstractmethod
    def prepare(self, site: str) -> None:
        """Be ready to take a backup, and clear away what those of the site left that were broken off."""

    @abstractmethod
    def writing(self, backup: str, part: str) -> AbstractContextManager[Sink]:
        """Write a part of a backup that is not whole yet."""

    @abstractmethod
    def finish(self, backup: str, text: bytes) -> None:
        """Make it whole by its manifest."""

    @abstractmethod
    def reading(self, backup: str, part: str) -> AbstractContextManager[Source]:
        """Read a part of a whole backup. Raises FileNotFoundError."""

    @abstractmethod
    def remove(self, backup: str) -> None:
        """Take a backup away, whole or not; none there is no error."""

    def manifest(self, backup: str) -> Manifest:
        """What a backup says of itself."""
        try:
            with self.reading(backup, manifest.NAME) as file:
                return manifest.read(file.read())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BackupError(f"there is no whole backup at {self.address(backup)}.") from error


class Folder(Place):
    """A folder of backups, each a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def address(self, backup: str) -> str:
        """Its path."""
        return str(self.path / backup)

    def whole(self) -> list[str]:
        """Those folders that have a manifest and a name of their own."""
        names = (each.parent.name for each in self.path.glob(f"[!.]*/{manifest.NAME}"))
        return sorted(names, key=made_at)

    def has(self, backup: str) -> bool:
        """Whether its manifest is there."""
        return not backup.startswith(".") and (self.path / backup / manifest.NAME).is_file()

    def prepare(self, site: str) -> None:
        """Make the folder, which is nobody else's to read."""
        if not self.path.exists():
            self.path.mkdir(parents=True, mode=0o700)
        for left in self.path.glob(f".{site}-*.part"):
            shutil.rmtree(left)

    @contextlib.contextmanager
    def writing(self, backup: str, part: str) -> Iterator[Sink]:
        """Into a hidden folder; on the disk, and not only on its way there, at the end."""
        file = self._unfinished(backup) / part
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with file.open("xb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())

    def finish(self, backup: str, text: bytes) -> None:
        """The hidden folder gets its name once everything is in it."""
        with self.writing(backup, manifest.NAME) as sink:
            sink.write(text)
        self._unfinished(backup).rename(self.path / backup)

    def reading(self, backup: str, part: str) -> AbstractContextManager[Source]:
        """The file."""
        return (self.path / backup / part).open("rb")

    def remove(self, backup: str) -> None:
        """First its name, so that half of it never passes for a whole one."""
        unfinished = self._unfinished(backup)
        with contextlib.suppress(FileNotFoundError):
            (self.path / backup).rename(unfinished)
        shutil.rmtree(unfinished, ignore_errors=True)

    def _unfinished(self, backup: str) -> Path:
        return self.path / f".{backup}.part"


def place_of(address: str) -> Place:
    """The place of that address. Raises BackupError where a bucket is named and cannot be spoken to."""
    if address.startswith(S3):
        from .bucket import Bucket  # noqa: PLC0415 — brings a package that only buckets need.

        return Bucket(address)
    return Folder(Path(address).expanduser().absolute())


def find(address: str) -> tuple[Place, str]:
    """The backup at an address, or the newest of those in it. Raises BackupError where there is none."""
    parent, _, name = address.rstrip("/").rpartition("/")
    if name and name not in {".", ".."} and not (address.startswith(S3) and parent in {"s3:", "s3:/"}):
        above = place_of(parent or ("/" if address.startswith("/") else "."))
        if above.has(name):
            return above, name
    place = place_of(address)
    whole = place.whole()
    if not whole:
        raise BackupError(f"there is no whole backup at {address}. Name one, or set BACKUP_TO to where they are.")
    return place, whole[-1]
