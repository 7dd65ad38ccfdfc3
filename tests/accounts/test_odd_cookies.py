"""Cookies that this site never gave are taken for none."""

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.handshake import signed_in

ODD = [
    "abcdefghij\\000",
    "\\000",
    "abcdefghij\\377",
    "x" * 5_000,
    "ABCDEFGHIJ" * 3,
    "abcdefghij ",
    "\\012abcdefghij",
    "é",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language", "other"])
@pytest.mark.django_db
def test_an_odd_cookie_is_none(name: str, odd: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True, HTTP_COOKIE=f'{name}="{odd}"')
    assert client.get("/", follow=False).status_code in {200, 302}
    assert client.get("/account/login/").status_code == 200
    assert client.post("/account/login/", {}).status_code == 403
    assert client.get("/api/v1/workspaces/").json()["code"] == "not_signed_in"


@pytest.mark.parametrize("key", ["abcdefghij\0", "\0", "\ud800abcdefgh", "x" * 41, "", "abcdefghij\n"])
@pytest.mark.django_db
def test_an_odd_key_of_a_handshake_is_nobodys(key: str) -> None:
    assert signed_in([key]) == [None]
    store: Any = import_module(settings.SESSION_ENGINE)
    assert store.SessionStore(key).session_key is None
