"""A part of a backup on its way: counted, summed up, sealed and opened as it goes by."""

import contextlib
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient
from typing_extensions import Buffer

from .errors import BackupError
from .manifest import Part
from .places import Place, Sink
from .progress import Progress

SEALED = ".age"
CHUNK = 1 << 18


class Counted(io.BufferedIOBase):
    """A sink that counts and sums up what goes into another."""

    def __init__(self, sink: Sink, moved: Callable[[int], None]) -> None:
        self._sink = sink
        self._moved = moved
        self._sum = hashlib.sha256()
        self.size = 0
        #: What went wrong here; the library that seals tells it in words of its own, without the reason.
        self.error: Exception | None = None

    def write(self, data: Buffer, /) -> int:
        """Pass it on."""
        data = bytes(data)
        try:
            self._sink.write(data)
        except Exception as error:
            self.error = error
            raise
        self._sum.update(data)
        self.size += len(data)
        self._moved(self.size)
        return len(data)

    def flush(self) -> None:
        """There is nothing kept back here."""

    def part(self, name: str) -> Part:
        """What went by."""
        return Part(name, self.size, self._sum.hexdigest())


def write(
    place: Place,
    backup: str,
    name: str,
    fill: Callable[[BinaryIO], None],
    seal_for: Recipient | None,
    progress: Progress,
) -> Part:
    """Write a part. `fill` puts its bytes into a file without an end that can be sought.

    Raises:
        OSError, BackupError.
    """
    stored = f"{name}{SEALED}" if seal_for else name
    with place.writing(backup, stored) as sink:
        counted = Counted(sink, lambda size: progress.moved(stored, size))
        with _pumped(counted, seal_for) as source:
            fill(source)
    progress.done(stored, counted.size)
    return counted.part(stored)


@contextlib.contextmanager
def _pumped(counted: Counted, seal_for: Recipient | None) -> Iterator[BinaryIO]:
    """A pipe that another thread empties: whatever fills it needs no more than a file descriptor."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as threads, os.fdopen(writing, "wb", buffering=0) as source:
        pumping = threads.submit(_pump, reading, counted, seal_for)
        try:
            yield source
        finally:
            source.close()
            # Where the other end stopped it tells why; whoever filled the pipe only saw that it broke.
            pumping.result()


def _pump(reading: int, counted: Counted, seal_for: Recipient | None) -> None:
    # Closed whatever happens: whoever writes must not wait for a reader that is gone.
    with os.fdopen(reading, "rb") as pipe:
        if seal_for is None:
            while data := pipe.read(CHUNK):
                counted.write(data)
            return
        try:
            pyrage.encrypt_io(pipe, counted, [seal_for])
        except Exception as error:
            raise counted.error or error from error


def fetch(place: Place, backup: str, part: Part, folder: Path, progress: Progress) -> Path:
    """Bring a part here and hold it against the manifest; its file.

    Raises:
        BackupError: it is missing, or not as it was written.
    """
    file = folder / part.name
    try:
        with place.reading(backup, part.name) as source, file.open("xb") as sink:
            counted = Counted(sink, lambda size: progress.moved(part.name, size))
            # One that goes on beyond its size is not what was written: it shall not fill the disk.
            while counted.size <= part.size and (data := source.read(CHUNK)):
                counted.write(data)
    except FileNotFoundError as error:
        raise BackupError(f"{part.name} is missing in {place.address(backup)}. Use another backup.") from error
    if counted.part(part.name) != part:
        raise BackupError(f"{part.name} in {place.address(backup)} is damaged. Use another backup.")
    progress.done(f"{part.name} is whole", part.size)
    return file


def open_sealed(file: Path, key: Identity | None) -> Path:
    """Open a sealed part; the file of what is in it. One that is not sealed stays as it is.

    Raises:
        BackupError: there is no key, or it is another's.
    """
    if file.suffix != SEALED:
        return file
    if key is None:
        raise BackupError("the backup is sealed: name the file of its secret key by --key, or set BACKUP_KEY_FILE.")
    opened = file.with_suffix("")
    try:
        with file.open("rb") as sealed, opened.open("xb") as plain:
            pyrage.decrypt_io(sealed, plain, [key])
    except pyrage.DecryptError as error:
        raise BackupError(f"the key does not open {file.name}: {error}. Use the key it was sealed for.") from error
    file.unlink()
    return opened
