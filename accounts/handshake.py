"""Whose session a socket came with, and whether it still stands: for many sockets at once."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.sessions import KEY, SessionStore


class SignIn(NamedTuple):
    """A session and whose it is, kept for as long as a socket is open."""

    session_key: str
    user_id: int
    #: Made of what was read: what is the same later needs no unpacking, and no signature made, to be known as good.
    proof: bytes


def signed_in(session_keys: Sequence[str]) -> list[tuple[User, SignIn] | None]:
    """For each session, its signed-in person; None where it ended, or its password was changed, or it never was.

    Two queries, however many there are.
    """
    kept = _kept([key for key in session_keys if KEY.fullmatch(key)])
    store = SessionStore()
    data = {key: store.decode(each) for key, each in kept.items()}
    users = User.objects.filter(is_active=True).in_bulk({each.get(auth.SESSION_KEY) for each in data.values()} - {None})
    people = {key: _person(each, users) for key, each in data.items()}
    return [
        (user, SignIn(key, user.pk, _proof(kept[key], user.password))) if (user := people.get(key)) else None
        for key in session_keys
    ]


def still_stand(sign_ins: Sequence[SignIn]) -> list[bool]:
    """For each, whether the session still is that person's.

    Two queries; two more where something changed, which need not be what makes them who they are.
    """
    kept = _kept(each.session_key for each in sign_ins)
    people = User.objects.filter(is_active=True, pk__in={each.user_id for each in sign_ins})
    passwords = dict(people.values_list("pk", "password"))
    same = {each for each in sign_ins if _is_same(each, kept.get(each.session_key), passwords.get(each.user_id))}
    changed = [each for each in sign_ins if each not in same and each.session_key in kept]
    anew = signed_in([each.session_key for each in changed]) if changed else []
    same.update(each for each, found in zip(changed, anew, strict=True) if found and found[0].pk == each.user_id)
    return [each in same for each in sign_ins]


def _kept(session_keys: Iterable[str]) -> dict[str, str]:
    """The packed data of those sessions that are not over."""
    sessions = Session.objects.filter(session_key__in=set(session_keys), expire_date__gt=timezone.now())
    return dict(sessions.values_list("session_key", "session_data"))


def _is_same(sign_in: SignIn, session_data: str | None, password: str | None) -> bool:
    """Both are there, and as they were."""
    return session_data is not None and password is not None and sign_in.proof == _proof(session_data, password)


def _proof(session_data: str, password: str) -> bytes:
    return blake2b(f"{session_data} {password}".encode(), digest_size=16).digest()


def _person(data: Mapping[str, Any], users: Mapping[int, User]) -> User | None:
    """Django's `auth.get_user`, on what was read before."""
    user = users.get(int(data.get(auth.SESSION_KEY, 0)))
    if user is None or data.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    said = data.get(auth.HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(said, each) for each in hashes) else None
