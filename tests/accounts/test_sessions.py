from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actions.people import deactivate, reactivate
from accounts.actions.sessions import end_all_sessions, end_session, own_sessions, session_hash
from accounts.errors import SessionNotFound
from accounts.models import User
from accounts.tasks import clear_sessions

pytestmark = pytest.mark.django_db

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)

Committed = Callable[[], AbstractContextManager[None]]
Said = list[tuple[str, str, str]]


def is_in(client: Client) -> bool:
    return client.get("/account/profile/").status_code == 200


def key(client: Client) -> str:
    assert client.session.session_key
    return client.session.session_key


def listed(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=key(client))


def test_each_session_is_listed_in_plain_words(ada: User, sign_in: Callable[..., Client]) -> None:
    here, _ = sign_in(ada), sign_in(ada, agent=IPHONE)
    page = here.get("/account/sessions/").content.decode()
    assert "Chrome on Linux" in page
    assert "Safari on iPhone" in page
    assert page.count("This one") == 1
    assert page.index("This one") < page.index("Safari on iPhone")
    assert "127.0.0.1" in page


def test_no_key_of_a_session_is_on_the_page(ada: User, sign_in: Callable[..., Client]) -> None:
    here, there = sign_in(ada), sign_in(ada)
    page = here.get("/account/sessions/").content.decode()
    assert key(here) not in page
    assert key(there) not in page


def test_signing_out_there_ends_that_one_and_its_sockets(
    ada: User, sign_in: Callable[..., Client], said: Said, committed: Committed
) -> None:
    here, there = sign_in(ada), sign_in(ada)
    ended = key(there)
    with committed():
        here.post(f"/account/sessions/{listed(there).pk}/end/")
    assert said == [(f"user.{ada.pk}", "session_ended", session_hash(ended))]
    assert (is_in(here), is_in(there)) == (True, False)


def test_signing_out_everywhere_else_leaves_this_one(
    ada: User, sign_in: Callable[..., Client], said: Said, committed: Committed
) -> None:
    here, *others = (sign_in(ada) for _ in range(3))
    hashes = {session_hash(key(client)) for client in others}
    with committed():
        here.post("/account/sessions/end-others/")
    assert {argument for _, _, argument in said} == hashes
    assert [is_in(client) for client in (here, *others)] == [True, False, False]


def test_another_persons_session_looks_like_none_and_goes_on(
    ada: User, grace: User, sign_in: Callable[..., Client], said: Said
) -> None:
    hers, his = sign_in(ada), sign_in(grace)
    assert hers.post(f"/account/sessions/{listed(his).pk}/end/").status_code == 404
    assert hers.post("/account/sessions/999999/end/").status_code == 404
    with pytest.raises(SessionNotFound):
        end_session(user=ada, session=listed(his).pk)
    hers.post("/account/sessions/end-others/")
    assert is_in(his)
    assert said == []


def test_signing_out_ends_this_one_and_its_sockets(
    ada: User, sign_in: Callable[..., Client], said: Said, committed: Committed
) -> None:
    here, there = sign_in(ada), sign_in(ada)
    ended = key(here)
    with committed():
        here.post("/account/logout/")
    assert said == [(f"user.{ada.pk}", "session_ended", session_hash(ended))]
    assert (is_in(here), is_in(there)) == (False, True)
    assert [row.session_key for row in own_sessions(ada)] == [key(there)]


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(
    ada: User, sign_in: Callable[..., Client], said: Said, committed: Committed
) -> None:
    here = sign_in(ada)
    ended = key(here)
    with committed():
        deactivate(user=ada)
    assert said == [(f"user.{ada.pk}", "session_ended", session_hash(ended))]
    assert not is_in(here)
    reactivate(user=ada)
    assert is_in(sign_in(ada))


def test_what_was_not_committed_ends_nothing(ada: User, sign_in: Callable[..., Client], said: Said) -> None:
    sign_in(ada)
    end_all_sessions(user=ada)
    assert said == []


@pytest.mark.parametrize("address", ["end-others/", "1/end/"])
def test_sessions_end_by_a_form_of_ones_own(ada: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(f"/account/sessions/{address}").status_code == 403
    assert client.get(f"/account/sessions/{address}").status_code == 405
    assert Client().post(f"/account/sessions/{address}")["Location"].startswith("/account/login/")


def test_a_request_soon_after_another_writes_nothing(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    with connection.execute_wrapper(refuse_writes):
        assert is_in(client)


def refuse_writes(execute: Callable[..., object], sql: str, *rest: object) -> object:
    assert sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    return execute(sql, *rest)


def test_last_seen_follows_the_person(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    is_in(client)
    assert listed(client).last_seen_at > long_ago
    client.get("/account/profile/", headers={"user-agent": IPHONE})
    assert listed(client).user_agent == IPHONE


@pytest.mark.parametrize(("proxies", "seen_from"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_only_trusted_proxies_say_where_one_comes_from(
    ada: User, sign_in: Callable[..., Client], settings: Settings, proxies: int, seen_from: str
) -> None:
    client = sign_in(ada)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client.get("/account/profile/", headers={"x-forwarded-for": "10.0.0.1, 203.0.113.9, 198.51.100.7"})
    assert listed(client).ip == seen_from


def test_what_is_over_is_forgotten_and_what_is_not_stays(ada: User, sign_in: Callable[..., Client]) -> None:
    alive, expired, gone = (sign_in(ada) for _ in range(3))
    Session.objects.filter(session_key=key(expired)).update(expire_date=timezone.now() - timedelta(days=2))
    Session.objects.filter(session_key=key(gone)).delete()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=2))
    for _ in range(2):
        clear_sessions()
    assert set(Session.objects.values_list("session_key", flat=True)) == {key(alive)}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {key(alive)}
