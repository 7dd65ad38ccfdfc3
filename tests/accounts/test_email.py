import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.actions.people import deactivate
from accounts.models import User

pytestmark = pytest.mark.django_db


def change(client: Client, email: str) -> str:
    """Ask for a change, and answer with the password where that is asked for."""
    response = client.post("/account/email/", {"email": email, "action_add": ""}, follow=True)
    if b"Your password, please" in response.content:
        user = client.get("/account/profile/").context["user"]
        way = {"password": f"{user.handle}-password", "next": "/account/email/"}
        response = client.post("/account/reauthenticate/", way, follow=True)
    return response.content.decode()


def confirm(client: Client) -> str:
    found = [
        re.search(r"http://localhost:8000(/account/confirm-email/\S+)", str(letter.body)) for letter in mail.outbox
    ]
    link = next(match[1] for match in reversed(found) if match)
    page = client.get(link).content.decode()
    answer = client.post(link, follow=True)
    return page if answer.status_code == 404 else answer.content.decode()


def test_a_new_address_counts_once_it_is_confirmed(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    assert "takes its place once you open the link" in change(client, "Countess@Example.org")
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    confirm(client)
    ada.refresh_from_db()
    assert ada.email == "countess@example.org"
    assert Client().post("/account/login/", {"login": ada.email, "password": "ada-password"}).status_code == 302


def test_the_old_address_hears_of_the_change(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    change(client, "countess@example.org")
    confirm(client)
    (letter,) = (letter for letter in mail.outbox if letter.to == ["ada@example.org"])
    assert "You sign in with countess@example.org now" in letter.body


def test_a_change_can_be_cancelled(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    change(client, "countess@example.org")
    client.post("/account/email/", {"email": "countess@example.org", "action_remove": ""})
    client.get("/account/email/")
    assert "countess" not in client.get("/account/email/").content.decode()
    assert EmailAddress.objects.filter(user=ada).get().email == "ada@example.org"


@pytest.mark.parametrize("action", ["action_remove", "action_primary"])
def test_the_address_in_use_changes_by_nothing_but_the_link(
    ada: User, sign_in: Callable[..., Client], action: str
) -> None:
    client = sign_in(ada)
    change(client, "countess@example.org")
    for email in ("countess@example.org", "ada@example.org"):
        client.post("/account/email/", {"email": email, action: ""})
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_a_second_change_takes_the_place_of_the_first(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    change(client, "first@example.org")
    change(client, "second@example.org")
    assert set(EmailAddress.objects.filter(user=ada).values_list("email", flat=True)) == {
        "ada@example.org",
        "second@example.org",
    }


@pytest.mark.parametrize(
    ("email", "words"), [("ada@example.org", "your address already"), ("x", "not an e-mail address")]
)
def test_a_bad_address_is_answered_at_its_field(
    ada: User, sign_in: Callable[..., Client], email: str, words: str
) -> None:
    page = change(sign_in(ada), email)
    assert words in page
    assert 'id="id_email_error"' in page


def test_an_address_somebody_signs_in_with_cannot_be_taken(
    ada: User, grace: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(ada)
    change(client, "Grace@example.org")
    page = confirm(client)
    assert "Somebody else signs in with grace@example.org" in page
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_changing_it_takes_the_password(ada: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    asked = client.post("/account/email/", {"email": "countess@example.org", "action_add": ""}, follow=True)
    assert "Your password, please" in asked.content.decode()
    wrong = client.post("/account/reauthenticate/", {"password": "guess"}).content.decode()
    assert "That is not your password." in wrong
    assert not mail.outbox
    assert EmailAddress.objects.filter(user=ada, email="countess@example.org").count() == 0


@pytest.mark.parametrize("how", ["change", "reset", "set", "kept out"])
def test_a_change_that_is_under_way_ends_with_the_password_it_was_asked_for_with(
    ada: User, sign_in: Callable[..., Client], how: str
) -> None:
    eve, owner = sign_in(ada), sign_in(ada)
    change(eve, "evil@example.org")
    assert EmailAddress.objects.filter(user=ada, email="evil@example.org", verified=False).exists()
    new = {"password1": "quite another thing"}
    if how == "change":
        owner.post("/account/password/change/", {"oldpassword": "ada-password", **new})
    elif how == "reset":
        owner.post("/account/password/reset/", {"email": "ada@example.org"})
        found = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
        assert found
        owner.post(owner.get(found[1])["Location"], new)
    elif how == "set":
        ada.set_unusable_password()
        ada.save()
        owner.force_login(ada)
        assert owner.post("/account/password/set/", new).status_code == 302
    else:
        deactivate(user=ada)
    assert "This link has ended" in confirm(Client())
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert [row.email for row in EmailAddress.objects.filter(user=ada)] in ([], ["ada@example.org"])


def test_a_new_password_leaves_the_address_in_use(ada: User, sign_in: Callable[..., Client]) -> None:
    """Whether it was confirmed or not."""
    client = sign_in(ada)
    row = EmailAddress.objects.create(user=ada, email=ada.email, primary=True)
    for is_verified in (False, True):
        EmailAddress.objects.filter(pk=row.pk).update(verified=is_verified)
        ada.refresh_from_db()
        old = "ada-password" if not is_verified else "quite another thing"
        client.post("/account/password/change/", {"oldpassword": old, "password1": "quite another thing"})
        assert EmailAddress.objects.get(user=ada) == row


def test_a_made_up_link_has_ended(client: Client) -> None:
    assert "This link has ended" in client.get("/account/confirm-email/MQ:abc:def/").content.decode()


def test_whoever_opens_anothers_link_is_signed_out_first(
    ada: User, grace: User, sign_in: Callable[..., Client]
) -> None:
    change(sign_in(ada), "countess@example.org")
    client = sign_in(grace)
    confirm(client)
    ada.refresh_from_db()
    grace.refresh_from_db()
    assert (ada.email, grace.email) == ("countess@example.org", "grace@example.org")
