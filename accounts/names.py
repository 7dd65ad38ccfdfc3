"""What may stand as a person's name, handle and status."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from accounts.emojis import one_emoji
from accounts.models import HANDLE, RESERVED_HANDLES, User

NAME_LENGTH = 80
STATUS_LENGTH = 100

# Joiners hold emoji and Persian or Indic words together; every other invisible character in a name only
# serves to deceive: a name that reads backwards, or looks like another person's.
JOINERS = frozenset("\u200c\u200d")
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(text: str) -> str:
    """The display name, with its spaces tidied; raises `ValidationError`."""
    name = _line(text)
    if not name:
        raise ValidationError("Type the name that others should see.", code="empty")
    if len(name) > NAME_LENGTH:
        raise ValidationError(f"That name is too long: it may have {NAME_LENGTH} characters.", code="too_long")
    return name


def clean_handle(text: str, *, user: User | None = None) -> str:
    """The handle in small letters, free for `user` to take; raises `ValidationError`."""
    handle = text.strip().removeprefix("@").lower()
    if not re.fullmatch(HANDLE, handle):
        raise ValidationError(
            "A handle has 2 to 30 of a–z, 0–9, dot, dash and underscore; it begins and ends with a letter or digit.",
            code="ill_formed",
        )
    if handle in RESERVED_HANDLES:
        raise ValidationError(f"@{handle} has a meaning of its own here. Choose another.", code="reserved")
    others = User.objects.exclude(pk=user.pk) if user else User.objects
    if others.filter(handle=handle).exists():
        raise handle_taken(handle)
    return handle


def handle_taken(handle: str) -> ValidationError:
    """Somebody else has it, with one that nobody has."""
    free = User.objects.free_handle(handle)
    return ValidationError(f"Someone has @{handle} already. @{free} is free.", code="taken")


def clean_status_emoji(text: str) -> str:
    """One emoji or nothing; raises `ValidationError`."""
    mark = text.strip()
    emoji = one_emoji(mark) if mark else ""
    if emoji is None:
        raise ValidationError("Choose one emoji, or leave this empty.", code="no_emoji")
    return emoji


def clean_status_text(text: str) -> str:
    """A few words or nothing; raises `ValidationError`."""
    status = _line(text)
    if len(status) > STATUS_LENGTH:
        raise ValidationError(f"That is too long: a status may have {STATUS_LENGTH} characters.", code="too_long")
    return status


def _line(text: str) -> str:
    """One tidy line of text that can be read; nothing where there is nothing to see."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if any(unicodedata.category(letter) in INVISIBLE and letter not in JOINERS for letter in line):
        raise ValidationError("That contains a character that cannot be shown.", code="invisible")
    return line if line.strip("".join(JOINERS) + " ") else ""
