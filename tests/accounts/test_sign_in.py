from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = pytest.mark.django_db

WRONG = "This e-mail address and this password do not belong together."


def sign_in(client: Client, email: str, password: str, **more: str) -> str:
    """What the page says; where it sends one if one is in."""
    response = client.post("/account/login/", {"login": email, "password": password} | more)
    return response.content.decode() if response.status_code == 200 else response["Location"]


@pytest.mark.parametrize("email", ["ada@example.org", "Ada@Example.ORG"])
def test_the_address_signs_in_whatever_its_letters(client: Client, ada: User, email: str) -> None:
    assert sign_in(client, email, "ada-password") == "/"
    assert "Sign out" in client.get("/account/profile/").content.decode()


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, ada: User) -> None:
    wrong, unknown = (sign_in(client, email, "nonsense") for email in ("ada@example.org", "nobody@example.org"))
    assert WRONG in wrong
    assert WRONG in unknown
    assert 'aria-describedby="id_password_error"' in wrong


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_sends_nobody_elsewhere(client: Client, ada: User, elsewhere: str) -> None:
    assert sign_in(client, "ada@example.org", "ada-password", next=elsewhere) == "/"
    assert client.get("/account/login/", {"next": elsewhere})["Location"] == "/"


def test_signing_in_sends_one_where_one_wanted_to(client: Client, ada: User) -> None:
    client.get("/account/profile/")
    assert sign_in(client, "ada@example.org", "ada-password", next="/account/sessions/") == "/account/sessions/"


def test_next_survives_the_way_from_sign_in_to_sign_up(client: Client) -> None:
    assert "/account/signup/?next=%2Fjoin%2Ft%2F" in client.get("/account/login/?next=/join/t/").content.decode()
    assert "evil" not in client.get("/account/login/?next=https://evil.example").content.decode().replace(
        'value="https://evil.example"', ""
    )


def test_guessing_is_slowed_down_for_an_address_and_not_for_others(client: Client, ada: User, grace: User) -> None:
    for _ in range(5):
        assert WRONG in sign_in(client, "ada@example.org", "guess")
    assert "Wait five minutes" in sign_in(client, "ada@example.org", "ada-password")
    assert sign_in(client, "grace@example.org", "grace-password") == "/"


def test_a_closed_account_does_not_sign_in(client: Client, ada: User) -> None:
    ada.is_active = False
    ada.save()
    assert sign_in(client, "ada@example.org", "ada-password") == "/account/inactive/"
    assert "This account is closed" in client.get("/account/inactive/").content.decode()
    assert client.get("/account/profile/").status_code == 302


def test_signing_out_takes_a_click(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    assert "Sign out?" in client.get("/account/logout/").content.decode()
    assert client.get("/account/profile/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/profile/").status_code == 302


def test_signing_out_sends_nobody_elsewhere(ada: User, sign_in: Callable[..., Client]) -> None:
    assert sign_in(ada).post("/account/logout/", {"next": "https://evil.example"})["Location"] == "/"


def test_without_its_token_no_form_is_taken(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/account/login/", {"login": ada.email, "password": "ada-password"}).status_code == 403


def test_where_confirming_is_mandatory_signing_in_mails_the_link_again(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert sign_in(client, "ada@example.org", "ada-password") == "/account/confirm-email/"
    assert "open this link" in mail.outbox[0].body
