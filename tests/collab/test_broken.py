"""A page, a part of a page and a program are told what is broken: the database, the site, or what they sent."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from accounts.models import User

HTMX = {"HX-Request": "true"}
FORM = "application/x-www-form-urlencoded"
PAGE, API = "/w/nowhere/rooms/", "/api/v1/workspaces/"

Break = Callable[[Exception], Client]


@pytest.fixture(params=["accounts.middleware._just_seen", "django.contrib.sessions.models.Session.objects.get"])
def break_(request: pytest.FixtureRequest, ada: User, monkeypatch: pytest.MonkeyPatch) -> Break:
    """Ada's browser on a site where what every page asks the database for fails: early, or even earlier."""
    client = Client(raise_request_exception=False)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")

    def breaking(error: Exception) -> Client:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(request.param, fail)
        return client

    return breaking


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("gone")])
def test_where_the_database_is_away_everyone_is_told_to_come_back(break_: Break, error: Exception) -> None:
    client = break_(error)
    page, part, program = client.get(PAGE), client.get(PAGE, headers=HTMX), client.get(API)
    assert [(each.status_code, each["Retry-After"]) for each in (page, part, program)] == [(503, "2")] * 3
    assert "load this page anew" in page.content.decode()
    assert '"code": "unavailable"' in part["HX-Trigger"]
    assert part["HX-Reswap"] == "none"
    assert program.json()["code"] == "unavailable"


def test_what_else_breaks_is_a_fault_of_the_site(break_: Break) -> None:
    client = break_(ZeroDivisionError())
    page, part, program = client.get(PAGE), client.get(PAGE, headers=HTMX), client.get(API)
    assert [each.status_code for each in (page, part, program)] == [500] * 3
    assert "Something broke" in page.content.decode()
    assert '"code": "server_fault"' in part["HX-Trigger"]
    assert program.json()["code"] == "server_fault"


def test_a_page_whose_own_look_fails_says_so_too(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("rooms.views.browse.access_workspace", fail)
    client = Client(raise_request_exception=False)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(PAGE).status_code == 503


#: What to send, and what comes of it: fields without an end, a form without its boundary, somebody else's host.
UNREADABLE = [
    ({"data": "&".join(f"a{number}=1" for number in range(2_000)), "content_type": FORM}, "bad_request"),
    ({"data": "a=" + "x" * 3_000_000, "content_type": FORM}, "bad_request"),
    ({"data": b"nothing", "content_type": "multipart/form-data"}, "bad_request"),
    ({"data": b"nothing", "content_type": "multipart/form-data; boundary=" + "x" * 300}, "bad_request"),
    ({"HTTP_HOST": "elsewhere.example"}, "wrong_host"),
    ({"HTTP_HOST": "a b\n"}, "wrong_host"),
]


@pytest.mark.parametrize(("sent", "code"), UNREADABLE)
def test_what_cannot_be_read_is_told_to_whoever_sent_it(ada: User, sent: dict[str, Any], code: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    # Whoever has no token is sent away before anything is read.
    client.get("/account/profile/")
    page, part = client.post(PAGE, **sent), client.post(PAGE, headers=HTMX, **sent)
    program = client.post(API, **sent)
    assert [each.status_code for each in (page, part)] == [400] * 2
    assert "That did not work" in page.content.decode()
    assert f'"code": "{code}"' in part["HX-Trigger"]
    # The API reads no forms at all.
    told = (program.status_code, program.json()["code"])
    assert told == ((415, "unsupported_media_type") if code == "bad_request" else (400, code))


def test_whoever_looks_after_the_site_learns_in_one_line_which_host_was_asked_for(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = client.get("/", HTTP_HOST="elsewhere.example")
    (line,) = [each for each in caplog.records if each.name != "django.request"]
    assert "elsewhere.example" in line.message
    assert "set SITE_URL or EXTRA_ORIGINS" in line.message
    assert line.exc_info is None
    for told in ("ALLOWED_HOSTS", "SITE_URL", "localhost"):
        assert told not in answer.content.decode()
