from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.actions.profile import change_picture
from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_picture_is_served_to_be_kept_and_never_to_be_run(
    client: Client, ada: User, draw: Callable[..., BytesIO]
) -> None:
    change_picture(user=ada, picture=draw(), size=1000)
    response = client.get(ada.avatar.url)
    assert response.content[8:12] == b"WEBP"
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert client.head(ada.avatar.url).status_code == 200
    assert client.post(ada.avatar.url).status_code == 405


def test_for_a_picture_nobody_is_looked_up(
    ada: User, sign_in: Callable[..., Client], draw: Callable[..., BytesIO], django_assert_num_queries: Callable
) -> None:
    client = sign_in(ada)
    change_picture(user=ada, picture=draw(), size=1000)
    with django_assert_num_queries(0):
        response = client.get(ada.avatar.url)
    assert not response.has_header("Vary")


@pytest.mark.parametrize(
    "name",
    [
        "a" * 22 + ".webp",
        "a" * 22 + ".svg",
        "a" * 22 + ".webp\n",
        "..%2f..%2fsecret_key",
        "%2e%2e",
        "a%00" + "a" * 20 + ".webp",
    ],
)
def test_nothing_else_can_be_asked_for(client: Client, name: str) -> None:
    assert client.get(f"/media/avatars/{name}").status_code == 404


def test_behind_nginx_the_site_says_which_file_and_sends_none(
    client: Client, ada: User, draw: Callable[..., BytesIO], settings: Settings
) -> None:
    settings.ACCEL_REDIRECT = True
    change_picture(user=ada, picture=draw(), size=1000)
    response = client.get(ada.avatar.url)
    assert response["X-Accel-Redirect"] == ada.avatar.url.replace("/media/", "/protected/")
    assert response.content == b""
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "%2e%2e", "a" * 22 + ".svg"])
def test_nor_does_nginx_get_another_file_to_send(client: Client, settings: Settings, name: str) -> None:
    settings.ACCEL_REDIRECT = True
    response = client.get(f"/media/avatars/{name}")
    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_by_default_the_site_sends_its_files_itself(settings: Settings) -> None:
    assert settings.ACCEL_REDIRECT is False


def test_other_files_beside_the_pictures_stay_hidden(client: Client) -> None:
    folder = Path(settings.MEDIA_ROOT) / "avatars"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notes.html").write_text("<script>alert(1)</script>")
    assert client.get("/media/avatars/notes.html").status_code == 404
