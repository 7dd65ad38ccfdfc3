"""Why there is no backup, or nothing was restored."""

import errno

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class BackupError(Exception):
    """Its text is one line that says what is wrong, and what to do."""


def in_words(error: OSError) -> BackupError:
    """What the operating system refused, with the remedy."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return BackupError(f"the disk is full{where}: free some space, or name another place by --to.")
    if error.errno in FORBIDDEN:
        return BackupError(f"not allowed to write or read there{where}: run it as the folder's owner, or name another.")
    return BackupError(f"could not write or read{where}: {error.strerror or error}.")
