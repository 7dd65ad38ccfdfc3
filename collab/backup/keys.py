"""Keys of the age format (https://age-encryption.org/v1): whom a backup is sealed for, and who opens it."""

from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from .errors import BackupError

PUBLIC = "age1"
SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 — how every one of them begins.
#: More than a file of keys ever has, in bytes: what is larger is something else.
LARGEST = 64 * 1024


def recipient(key: str) -> Recipient:
    """Whom to seal for: a key itself, or the first one in a file; a secret one stands for its own recipient.

    Raises:
        BackupError: there is none.
    """
    line = _line(key)
    try:
        return Identity.from_str(line).to_public() if line.startswith(SECRET) else Recipient.from_str(line)
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise BackupError(f"the key cannot be used: {error}. A new one is made by: age-keygen -o key.txt") from error


def opens(key: str) -> bool:
    """Whether it is a secret one, or a file that holds one. Raises BackupError where it is no key at all."""
    return _line(key).startswith(SECRET)


def identity(key: str) -> Identity:
    """Who opens a backup: a secret key, or the file that holds it.

    Raises:
        BackupError: it is none, or only the recipient.
    """
    line = _line(key)
    if not line.startswith(SECRET):
        raise BackupError("that is whom backups are sealed for. To open one name the file of the secret key by --key.")
    try:
        return Identity.from_str(line)
    except pyrage.IdentityError as error:
        raise BackupError(f"the secret key cannot be used: {error}.") from error


def check_argument(key: str | None) -> None:
    """Raises BackupError where a secret key itself was typed: all who are on the machine see what is typed."""
    if key is not None and key.startswith(SECRET):
        raise BackupError("a secret key is not for the command line: name its file by --key, or set BACKUP_KEY_FILE.")


def _line(key: str) -> str:
    if key.startswith((PUBLIC, SECRET)):
        return key.strip()
    try:
        with Path(key).open() as file:
            lines = [line.strip() for line in file.read(LARGEST).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"the key is neither a recipient (age1…) nor a file that can be read: {key}") from error
    keys = [line for line in lines if line.startswith((PUBLIC, SECRET))]
    if not keys:
        raise BackupError(f"there is no key in {key}. A new one is made by: age-keygen -o key.txt")
    return keys[0]
