"""Whose session a socket came with, and whether it still is theirs later, whatever has changed meanwhile."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.handshake import SignIn, signed_in, still_stand
from accounts.models import User
from accounts.sessions import SessionStore
from tests.live.sockets import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(ada: User) -> SignIn:
    """Ada's."""
    [found] = signed_in([sign_in(ada)])
    assert found
    return found[1]


def session(hers: SignIn) -> SessionBase:
    return SessionStore(hers.session_key)


def test_whoever_is_signed_in_is_found_and_nobody_else(ada: User, ben: User) -> None:
    keys = [sign_in(ada), "nobodysnobodysnobodysnobodysnobo", sign_in(ben), "'"]
    assert [found[0] if found else None for found in signed_in(keys)] == [ada, None, ben, None]


def test_what_has_not_changed_stands_and_takes_two_queries_for_all(ada: User, ben: User, hers: SignIn) -> None:
    [his] = signed_in([sign_in(ben)])
    assert his
    with CaptureQueriesContext(connection) as queries:
        assert still_stand([hers, his[1], hers]) == [True, True, True]
    assert len(queries) == 2


def test_a_session_with_something_else_in_it_still_is_hers(hers: SignIn) -> None:
    kept = session(hers)
    kept["theme"] = "dark"
    kept.save()
    assert still_stand([hers]) == [True]


def test_a_password_that_was_only_stored_anew_ends_nothing(ada: User, hers: SignIn) -> None:
    # As Django does where its hasher has become stronger; the session is given the new hash with it.
    ada.set_password("correct horse battery")
    ada.save()
    kept = session(hers)
    kept["_auth_user_hash"] = ada.get_session_auth_hash()
    kept.save()
    assert still_stand([hers]) == [True]


def expire(hers: SignIn, ben: User) -> None:
    Session.objects.filter(pk=hers.session_key).update(expire_date=timezone.now())


def delete(hers: SignIn, ben: User) -> None:
    Session.objects.filter(pk=hers.session_key).delete()


def switch_off(hers: SignIn, ben: User) -> None:
    User.objects.filter(pk=hers.user_id).update(is_active=False)


def delete_her(hers: SignIn, ben: User) -> None:
    User.objects.filter(pk=hers.user_id).delete()


def change_password(hers: SignIn, ben: User) -> None:
    user = User.objects.get(pk=hers.user_id)
    user.set_password("another horse battery")
    user.save()


def sign_out(hers: SignIn, ben: User) -> None:
    kept = session(hers)
    kept.clear()
    kept.save()


def break_it(hers: SignIn, ben: User) -> None:
    Session.objects.filter(pk=hers.session_key).update(session_data="nothing of ours")


def hand_on(hers: SignIn, ben: User) -> None:
    theirs = Session.objects.get(pk=sign_in(ben))
    Session.objects.filter(pk=hers.session_key).update(session_data=theirs.session_data)


@pytest.mark.parametrize("end", [expire, delete, switch_off, delete_her, change_password, sign_out, break_it, hand_on])
def test_it_is_hers_no_more(ada: User, ben: User, hers: SignIn, end: Callable[[SignIn, User], None]) -> None:
    [his] = signed_in([sign_in(ben)])
    assert his
    end(hers, ben)
    assert still_stand([hers, his[1]]) == [False, True]
