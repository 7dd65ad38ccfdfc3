"""Why the site cannot start."""

import errno


class CannotStart(Exception):
    """Something is in the way of the start. Its text is one line that says what, and what to do."""


def in_words(error: OSError, doing: str) -> CannotStart:
    """What the operating system refused, with the remedy. `doing` continues "could not"."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return CannotStart(f"the disk is full: could not {doing}{where}. Free some space and start again.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return CannotStart(
            f"not allowed to {doing}{where}. Start as the folder's owner, or name another folder: VAR_DIR=/path make up"
        )
    return CannotStart(f"could not {doing}{where}: {error.strerror or error}.")
