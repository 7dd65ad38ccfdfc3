import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Zoë Lovelace",
    "email": "Zoe@Example.org",
    "password1": "three plain words",
    "time_zone": "Europe/Berlin",
}


def sign_up(client: Client, **changes: str) -> str:
    """What the page says; empty where one is in."""
    response = client.post("/account/signup/", FORM | changes)
    return response.content.decode() if response.status_code == 200 else ""


def said_at(page: str, field: str) -> str:
    """The error that the field is described by."""
    described = re.search(rf'name="{field}"[^>]*aria-describedby="([^"]*)"', page)
    assert described, f"{field} is not described by anything"
    assert f"id_{field}_error" in described[1].split()
    found = re.search(rf'id="id_{field}_error">([^<]*)<', page)
    assert found
    return found[1]


def test_name_email_and_a_password_make_an_account(client: Client) -> None:
    assert sign_up(client) == ""
    user = User.objects.get()
    assert (user.name, user.email, user.handle) == ("Zoë Lovelace", "zoe@example.org", "zoe-lovelace")
    assert user.time_zone == "Europe/Berlin"
    assert user.check_password("three plain words")
    assert client.get("/account/profile/").status_code == 200


def test_a_newcomer_is_mailed_a_link_that_confirms_the_address(client: Client) -> None:
    sign_up(client)
    (letter,) = mail.outbox
    assert letter.to == ["zoe@example.org"]
    link = re.search(r"http://localhost:8000(/account/confirm-email/\S+)", str(letter.body))
    assert link
    assert "Yes, it is mine" in client.get(link[1]).content.decode()
    client.post(link[1])
    assert EmailAddress.objects.get().verified


def test_where_confirming_is_mandatory_one_is_in_only_after_it(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert client.post("/account/signup/", FORM)["Location"] == "/account/confirm-email/"
    assert "Look in your mailbox" in client.get("/account/confirm-email/").content.decode()
    assert client.get("/account/profile/").status_code == 302
    link = re.search(r"http://localhost:8000(/account/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link
    client.post(link[1])
    assert client.get("/account/profile/").status_code == 200


def test_where_confirming_is_mandatory_a_taken_address_looks_like_a_free_one(
    client: Client, settings: Settings, ada: User
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert client.post("/account/signup/", FORM | {"email": ada.email})["Location"] == "/account/confirm-email/"
    assert User.objects.count() == 1
    assert "There is an account with this address already" in mail.outbox[0].body


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.ORG", " ada@example.org "])
def test_an_address_has_one_account_whatever_its_letters(client: Client, ada: User, email: str) -> None:
    assert "There is an account with this address already" in said_at(sign_up(client, email=email), "email")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Type the name that others should see."),
        ("name", "   ", "Type the name that others should see."),
        ("name", "\u200d\u200c", "Type the name that others should see."),
        ("name", "a" * 81, "it may have 80 characters"),
        ("name", "Ada\x00", "cannot be shown"),
        ("name", "Ada\x07Lovelace", "cannot be shown"),
        ("name", "Ada\u202eevil", "cannot be shown"),
        ("email", "", "Type your e-mail address."),
        ("email", "nonsense", "That is not an e-mail address, such as ada@example.org."),
        ("email", "a\x00@example.org", "not an e-mail address"),
        ("password1", "", "Choose a password."),
        ("password1", "short", "at least 8 characters"),
        ("password1", "password", "too common"),
        ("password1", "8461093175", "entirely numeric"),
        ("password1", "zoe lovelace", "too similar"),
    ],
)
def test_bad_input_is_answered_at_its_field(client: Client, field: str, value: str, words: str) -> None:
    assert words in said_at(sign_up(client, **{field: value}), field)
    assert not User.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "x" * 500])
def test_a_browser_without_a_sensible_time_zone_gets_utc(client: Client, zone: str) -> None:
    sign_up(client, time_zone=zone)
    assert User.objects.get().time_zone == "UTC"


def test_people_of_one_name_get_handles_of_their_own(client: Client, settings: Settings) -> None:
    for number in range(3):
        sign_up(Client(), email=f"zoe{number}@example.org")
    assert set(User.objects.values_list("handle", flat=True)) == {
        "zoe-lovelace",
        "zoe-lovelace2",
        "zoe-lovelace3",
    }


@pytest.mark.parametrize(("name", "handle"), [("Room", "room2"), ("李雷", "person"), ("a" * 23 + " b", "a" * 23)])
def test_a_handle_is_made_from_any_name(client: Client, name: str, handle: str) -> None:
    sign_up(client, name=name)
    assert User.objects.get().handle == handle


def test_a_closed_site_takes_nobody(client: Client, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    assert "by invitation" in client.get("/account/signup/").content.decode()
    assert "by invitation" in sign_up(client)
    assert not User.objects.exists()


def test_a_closed_site_takes_whoever_was_invited(client: Client, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    session = client.session
    session["invitation"] = "token"
    session.save()
    sign_up(client)
    assert User.objects.get().name == "Zoë Lovelace"


def test_after_sign_up_one_goes_where_one_wanted_to(client: Client) -> None:
    assert client.post("/account/signup/", FORM | {"next": "/join/token/"})["Location"] == "/join/token/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_sign_up_nobody_is_sent_elsewhere(client: Client, elsewhere: str) -> None:
    assert client.post("/account/signup/", FORM | {"next": elsewhere})["Location"] == "/"


def test_a_form_from_elsewhere_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/account/signup/", FORM).status_code == 403
    assert not User.objects.exists()


def test_a_mail_server_that_fails_does_not_undo_an_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    sign_up(client)
    assert User.objects.exists()
    assert "could not send you a mail" in client.get("/account/profile/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_makes_one_account() -> None:
    def send(_: int) -> int:
        try:
            return Client().post("/account/signup/", FORM).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) <= {200, 302}
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_of_one_name_may_come_at_once() -> None:
    def send(number: int) -> int:
        try:
            return Client().post("/account/signup/", FORM | {"email": f"zoe{number}@example.org"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {302}
    assert User.objects.values("handle").distinct().count() == 4


def test_too_many_from_one_address_must_wait(client: Client) -> None:
    *answers, last = (client.post("/account/signup/", {}) for _ in range(21))
    assert {answer.status_code for answer in answers} == {200}
    assert last.status_code == 429
    assert "Wait a minute" in last.content.decode()
