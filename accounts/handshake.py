"""Whose session a socket came with, and whether it still stands."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User


def person_of(session_key: str) -> User | None:
    """The signed-in person of a session; None where it ended, or its password was changed, or it never was."""
    store: Any = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = store.SessionStore(session_key)
    user = auth.get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def still_stand(session_keys: Sequence[str]) -> list[bool]:
    """For each session, whether it still is somebody's. Two queries, however many there are."""
    now = timezone.now()
    sessions = {row.session_key: row for row in Session.objects.filter(session_key__in=session_keys)}
    data = {key: row.get_decoded() for key, row in sessions.items() if row.expire_date > now}
    users = User.objects.filter(is_active=True).in_bulk({each.get(auth.SESSION_KEY) for each in data.values()} - {None})
    return [_stands(data.get(key), users) for key in session_keys]


def _stands(data: dict[str, Any] | None, users: dict[int, User]) -> bool:
    user = users.get(int(data.get(auth.SESSION_KEY, 0))) if data else None
    if user is None or data is None:
        return False
    return constant_time_compare(data.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash())
