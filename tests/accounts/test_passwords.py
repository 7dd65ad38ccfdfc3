import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = pytest.mark.django_db

Committed = Callable[[], AbstractContextManager[None]]


def ask(client: Client, email: str, **headers: str) -> str:
    response = client.post("/account/password/reset/", {"email": email}, headers=headers or None)
    return client.get(response["Location"]).content.decode().partition("<main")[2]


def mailed_link() -> str:
    found = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def follow(client: Client, link: str) -> str:
    return client.get(link)["Location"]


def test_a_mailed_link_sets_a_new_password_and_signs_in(client: Client, ada: User) -> None:
    ask(client, "Ada@Example.org")
    page = follow(client, mailed_link())
    assert "Choose a new password" in client.get(page).content.decode()
    assert client.post(page, {"password1": "quite another thing"})["Location"] == "/"
    ada.refresh_from_db()
    assert ada.check_password("quite another thing")
    assert client.get("/account/profile/").status_code == 200


def test_asking_tells_nobody_who_has_an_account(client: Client, ada: User) -> None:
    known, unknown = ask(client, "ada@example.org"), ask(Client(), "nobody@example.org")
    assert known == unknown
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"], ["nobody@example.org"]]
    assert "There is no account with this address" in mail.outbox[1].body


def test_a_link_works_once(client: Client, ada: User) -> None:
    ask(client, "ada@example.org")
    link = mailed_link()
    client.post(follow(client, link), {"password1": "quite another thing"})
    assert "This link has ended" in Client().get(link).content.decode()


@pytest.mark.parametrize("link", ["1-nonsense", "zzzzzz-set-password", "1-set-password", "zik0zj-abc-def"])
def test_a_made_up_link_has_ended(client: Client, ada: User, link: str) -> None:
    assert "This link has ended" in client.get(f"/account/password/reset/key/{link}/").content.decode()


def test_a_link_ends_when_the_address_changes(client: Client, ada: User) -> None:
    ask(client, "ada@example.org")
    User.objects.filter(pk=ada.pk).update(email="ada@elsewhere.example")
    assert "This link has ended" in client.get(mailed_link()).content.decode()


def test_a_link_leads_to_the_site_whatever_host_the_request_named(client: Client, ada: User) -> None:
    ask(client, "ada@example.org", host="localhost:6666")
    assert "6666" not in mail.outbox[0].body
    assert mailed_link()


def test_a_bad_new_password_is_answered_at_its_field(client: Client, ada: User) -> None:
    ask(client, "ada@example.org")
    page = client.post(follow(client, mailed_link()), {"password1": "ada"}).content.decode()
    assert 'id="id_password1_error"' in page
    assert ada.check_password("ada-password")


def test_asking_again_and_again_is_slowed_down(client: Client, ada: User) -> None:
    codes = [client.post("/account/password/reset/", {"email": "ada@example.org"}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]


def test_changing_it_takes_the_present_one(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    page = client.post("/account/password/change/", {"oldpassword": "guess", "password1": "quite another thing"})
    assert "That is not your present password." in page.content.decode()
    client.post("/account/password/change/", {"oldpassword": "ada-password", "password1": "quite another thing"})
    ada.refresh_from_db()
    assert ada.check_password("quite another thing")
    assert client.get("/account/profile/").status_code == 200
    assert "Your password was changed." in mail.outbox[-1].body


@pytest.mark.parametrize("how", ["change", "reset"])
def test_a_new_password_ends_every_other_session(
    ada: User,
    sign_in: Callable[..., Client],
    said: list[tuple[str, str, str]],
    committed: Committed,
    how: str,
) -> None:
    here, there = sign_in(ada), sign_in(ada)
    keys = {client.session.session_key or "" for client in (here, there)}
    with committed():
        if how == "change":
            here.post("/account/password/change/", {"oldpassword": "ada-password", "password1": "quite another thing"})
        else:
            ask(here, "ada@example.org")
            here.post(follow(here, mailed_link()), {"password1": "quite another thing"})
    assert there.get("/account/profile/").status_code == 302
    assert here.get("/account/profile/").status_code == 200
    from accounts.actions.sessions import session_hash

    # Here too the key is another now: a socket opened with the old one could not be ended any more.
    assert {argument for _, _, argument in said} >= {session_hash(key) for key in keys}
    assert {(topic, kind) for topic, kind, _ in said} == {(f"user.{ada.pk}", "session_ended")}


def test_somebody_without_a_password_sets_one(client: Client, ada: User) -> None:
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)
    assert client.get("/account/password/change/")["Location"] == "/account/password/set/"
    assert "You have no password yet." in client.get("/account/password/set/").content.decode()


def test_secure_sites_mail_secure_links(client: Client, ada: User, settings: Settings) -> None:
    settings.SITE_URL = "https://chat.example.org"
    ask(client, "ada@example.org")
    assert "https://chat.example.org/account/password/reset/key/" in mail.outbox[0].body
