"""Why there is no backup, or nothing was restored."""

import errno
import re
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM}


class BackupError(Exception):
    """Its text is one line that says what is wrong, and what to do."""


def in_words(error: OSError) -> BackupError:
    """What the operating system refused, with the remedy."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return BackupError(f"the disk is full{where}: free some space, or name another place by --to.")
    if error.errno == errno.EROFS:
        return BackupError(f"that is read-only here{where}: {_let_in(error.filename)}")
    if error.errno in FORBIDDEN:
        return BackupError(f"not allowed to write or read there{where}: run it as the folder's owner, or name another.")
    return BackupError(f"could not write or read{where}: {error.strerror or error}.")


def _let_in(file: str | None) -> str:
    """The service of each night writes only where its unit says, by a line that asks for the folder of all backups."""
    path = Path(file or "FOLDER")
    # One that is under way lies in a hidden folder of its own.
    folder = next((above.parent for above in (path, *path.parents) if re.fullmatch(r"\..+\.part", above.name)), path)
    return (
        "name another place. Where it is the service collab-backup that may not write there: "
        f"`systemctl edit collab-backup`, and ReadWritePaths={folder} under [Service]."
    )
