"""People at their browsers, and what the live engine is told about them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

# The settings stand only once tests/conftest.py has started the servers: what reads them is imported where it is used.
if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture
def grace(db: None) -> "User":
    """Somebody else, in no workspace."""
    from accounts.models import User

    return User.objects.create_user("grace@example.org", "grace-password", name="Grace", handle="grace")


def browser(user: "User | None" = None, *, agent: str = CHROME) -> "Client":
    """A browser of its own, through the sign-in page if somebody sits at it."""
    from django.test import Client

    client = Client(headers={"user-agent": agent})
    if user:
        response = client.post(
            "/account/login/", {"login": user.email, "password": f"{user.email.partition('@')[0]}-password"}
        )
        assert response.status_code == 302
        assert client.get("/account/profile/").status_code == 200
    return client


@pytest.fixture
def sign_in() -> "Callable[..., Client]":
    return browser


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What the sockets were told: topic, word, argument."""
    from collab.live import publish

    words: list[tuple[str, str, str]] = []

    def control(*, topic: str, kind: str, argument: str) -> None:
        words.append((topic, kind, argument))

    monkeypatch.setattr(publish, "control", control)
    return words


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list[Callable[[], object]]]],
) -> Callable[[], AbstractContextManager[None]]:
    """What happens inside is committed, and what waits for that happens."""

    @contextmanager
    def commit() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return commit


def drawn(kind: str = "PNG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: object) -> BytesIO:
    """A picture in a file."""
    file = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(file, kind, **options)
    file.seek(0)
    return file


@pytest.fixture
def draw() -> Callable[..., BytesIO]:
    return drawn
