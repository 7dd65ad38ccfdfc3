"""Browsers for the cast."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def as_() -> "Callable[[User], Client]":
    """A browser in which that person is signed in."""

    def sign_in(user: "User") -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
