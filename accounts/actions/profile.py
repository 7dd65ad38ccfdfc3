"""What people change about themselves."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import IO, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import names, zones
from accounts.models import User
from accounts.pictures import square
from accounts.signals import person_changed


class Fields(TypedDict, total=False):
    """What `change_profile` takes; what is left out stays."""

    name: str
    handle: str
    time_zone: str
    status_emoji: str
    status_text: str


# Nobody else sees it.
PRIVATE = frozenset({"time_zone"})


def change_profile(*, user: User, **fields: Unpack[Fields]) -> None:
    """Store what differs. Raises `ValidationError` by field, and then stores nothing."""
    cleaned = clean_fields(user, fields)
    changed = {field: value for field, value in cleaned.items() if value != getattr(user, field)}
    if changed:
        _store(user, changed)


def clean_fields(user: User, fields: Fields) -> dict[str, str]:
    """The fields as they would be stored. Raises `ValidationError` with everything that is wrong, by field."""
    cleaners: dict[str, Callable[[str], str]] = {
        "name": names.clean_name,
        "handle": partial(names.clean_handle, user=user),
        "time_zone": zones.clean_zone,
        "status_emoji": names.clean_status_emoji,
        "status_text": names.clean_status_text,
    }
    cleaned: dict[str, str] = {}
    errors: dict[str, ValidationError] = {}
    for field, value in fields.items():
        try:
            cleaned[field] = cleaners[field](str(value))
        except ValidationError as error:
            errors[field] = error
    if errors:
        raise ValidationError(errors)
    return cleaned


def change_picture(*, user: User, picture: IO[bytes], size: int) -> None:
    """Store a picture of `size` bytes as the person's own. Raises `ValidationError`."""
    encoded = square(picture, size)
    # A name nobody can guess, never used twice: browsers may keep it for ever.
    stored = default_storage.save(f"avatars/{secrets.token_urlsafe(16)}.webp", ContentFile(encoded))
    try:
        _swap_picture(user, stored)
    except BaseException:
        default_storage.delete(stored)
        raise


def clear_picture(*, user: User) -> None:
    """Show the initials again."""
    _swap_picture(user, "")


def _store(user: User, changed: dict[str, str]) -> None:
    seen = not changed.keys() <= PRIVATE
    marks = {"changed_at": timezone.now()} if seen else {}
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**changed, **marks)
    except IntegrityError as error:
        # Somebody took the handle between the look and the write.
        raise ValidationError({"handle": names.handle_taken(changed["handle"])}) from error
    user.refresh_from_db(fields=[*changed, *marks])
    if seen:
        _tell(user)


def _swap_picture(user: User, stored: str) -> None:
    with transaction.atomic():
        # The lock makes two uploads at once take turns: each removes the one before it.
        before = User.objects.select_for_update().values_list("avatar", flat=True).get(pk=user.pk)
        User.objects.filter(pk=user.pk).update(avatar=stored, changed_at=timezone.now())
        if before:
            transaction.on_commit(partial(default_storage.delete, before), robust=True)
    user.refresh_from_db(fields=["avatar", "changed_at"])
    _tell(user)


def _tell(user: User) -> None:
    # Robust: whoever listens cannot undo what is stored.
    transaction.on_commit(partial(person_changed.send_robust, sender=User, user=user))
