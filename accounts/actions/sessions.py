"""Where a person is signed in, and how that ends."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.errors import SessionNotFound
from accounts.models import User
from collab.live import publish


def own_sessions(user: User) -> list[UserSession]:
    """Where this person is signed in now, the most recently seen first."""
    alive: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(alive, key=lambda session: session.last_seen_at, reverse=True)


def end_session(*, user: User, session: int) -> None:
    """Sign the person out of one of their own sessions, by its id. Raises `SessionNotFound` for any other."""
    key = UserSession.objects.filter(user=user, pk=session).values_list("session_key", flat=True).first()
    if key is None:
        raise SessionNotFound
    end_keys(user=user, keys=[key])


def end_other_sessions(*, user: User, keep: str | None) -> None:
    """Sign the person out everywhere but in the session with this key."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep or "")
    end_keys(user=user, keys=others.values_list("session_key", flat=True))


def end_all_sessions(*, user: User) -> None:
    """Sign the person out everywhere."""
    end_other_sessions(user=user, keep=None)


def end_keys(*, user: User, keys: Iterable[str]) -> None:
    """End sessions that are known to be this person's, and close their live sockets."""
    with transaction.atomic():
        for key in list(keys):
            UserSession.objects.filter(user=user, session_key=key).delete()
            _store(key).delete()
            transaction.on_commit(partial(close_sockets, user_id=user.pk, key=key))


def open_session(*, user: User, seconds: int) -> str:
    """A session of one of the site's own people, for programs of the site; its key."""
    session = _store(None)
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(seconds)
    session.create()
    assert session.session_key is not None
    return session.session_key


def prolong_sessions(*, keys: Iterable[str], seconds: int) -> None:
    """Have sessions that stand end so many seconds from now."""
    until = timezone.now() + timedelta(seconds=seconds)
    Session.objects.filter(session_key__in=list(keys)).update(expire_date=until)


def forget_ended_sessions() -> None:
    """Remove what expired sessions left in the database."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    # A session is stored a moment before it is listed; a day leaves no doubt.
    listed = UserSession.objects.filter(last_seen_at__lt=timezone.now() - timedelta(days=1))
    listed.exclude(session_key__in=Session.objects.values("session_key")).delete()


def session_hash(key: str) -> str:
    """How a session is named outside the database: whoever reads it cannot sign in with it."""
    return hashlib.sha256(key.encode()).hexdigest()


def close_sockets(*, user_id: int, key: str) -> None:
    """Close the live sockets that were opened with a session, on every node."""
    publish.control(topic=f"user.{user_id}", kind="session_ended", argument=session_hash(key))


def _store(key: str | None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
