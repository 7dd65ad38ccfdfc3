"""A folder for the while: what is unpacked there may be of the secret kind, and goes even after a kill."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import BackupError

NAME = "backup.tmp"


@contextlib.contextmanager
def scratch(var: Path) -> Iterator[Path]:
    """An empty folder in the site's own, to be had by one command at a time.

    Raises:
        BackupError: another has it.
    """
    folder = var / NAME
    with (var / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("another backup or restore of this site is under way. Wait for it.") from error
        # One that was killed could not clear up.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
