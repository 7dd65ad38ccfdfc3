"""A page, a part of a page and a program are told when the database is away, and when something else broke."""

from collections.abc import Callable

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from accounts.models import User

HTMX = {"HX-Request": "true"}
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
