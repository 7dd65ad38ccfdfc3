"""The files of the site: kept for a backup while people change them, and brought back without any missing meanwhile."""

import contextlib
import filecmp
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import BackupError


def files(folder: Path) -> Iterator[str]:
    """Paths of all files in a folder, within it."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder))


def hold(media: Path, held: Path, names: Iterable[str]) -> None:
    """Keep files as they are now, by a second name each: who deletes the first does not delete the file.

    Files are never written twice (accounts.actions.profile), so the second name costs no copy.
    """
    for name in names:
        target = held / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                _link(media / name, target)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        # Another disk, or one that knows no second names.
        shutil.copy2(source, target)


def pack(held: Path, into: BinaryIO) -> None:
    """All of it, as one tar."""
    with tarfile.open(fileobj=into, mode="w|") as archive:
        for name in sorted(files(held)):
            archive.add(held / name, name, recursive=False)


def unpack(archive: Path, folder: Path) -> None:
    """Raises BackupError where the archive is none, or would put files elsewhere."""
    try:
        with tarfile.open(archive, "r|") as opened:
            opened.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise BackupError(f"the files in the backup cannot be unpacked: {error}. Use another backup.") from error


class Return:
    """Files that come back. Until it is settled the site has both those of before and those of the backup."""

    def __init__(self, unpacked: Path, media: Path) -> None:
        self._unpacked = unpacked
        self._media = media
        self._brought: list[Path] = []

    def bring(self) -> None:
        """Add what is missing; nothing that is there is touched."""
        for name in files(self._unpacked):
            target = self._media / name
            if not target.exists():
                self._put(name, target)
                self._brought.append(target)

    def undo(self) -> None:
        """Take away again what was added."""
        for path in self._brought:
            path.unlink(missing_ok=True)

    def settle(self) -> None:
        """Leave what was in the backup, and nothing else."""
        kept = set(files(self._unpacked))
        for name in list(files(self._media)):
            if name not in kept:
                (self._media / name).unlink(missing_ok=True)
        for name in kept:
            if not filecmp.cmp(self._unpacked / name, self._media / name, shallow=False):
                self._put(name, self._media / name)

    def _put(self, name: str, target: Path) -> None:
        """Whole or not at all, and as readable as the folder it comes into."""
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        shutil.copyfile(self._unpacked / name, new)
        new.replace(target)
