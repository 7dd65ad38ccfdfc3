"""Whose session a socket came with, and whether it still stands: for many sockets at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.sessions import KEY


def persons_of(session_keys: Sequence[str]) -> list[User | None]:
    """For each session, its signed-in person; None where it ended, or its password was changed, or it never was.

    Two queries, however many there are.
    """
    data = _data([key for key in session_keys if KEY.fullmatch(key)])
    users = User.objects.filter(is_active=True).in_bulk({each.get(auth.SESSION_KEY) for each in data.values()} - {None})
    return [_person(data.get(key, {}), users) for key in session_keys]


def still_stand(session_keys: Sequence[str]) -> list[bool]:
    """For each session, whether it still is somebody's."""
    return [person is not None for person in persons_of(session_keys)]


def _data(session_keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    sessions = Session.objects.filter(session_key__in=set(session_keys), expire_date__gt=timezone.now())
    return {row.session_key: row.get_decoded() for row in sessions}


def _person(data: Mapping[str, Any], users: Mapping[int, User]) -> User | None:
    """Django's `auth.get_user`, on what was read before."""
    user = users.get(int(data.get(auth.SESSION_KEY, 0)))
    if user is None or data.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    said = data.get(auth.HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(said, each) for each in hashes) else None
