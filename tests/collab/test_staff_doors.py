"""Staff come in, go out and change their password by the site's own pages, and by no others."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.actions.people import make_staff
from accounts.actions.sessions import session_hash
from accounts.models import User
from collab.live import publish
from tests.conftest import person

pytestmark = pytest.mark.django_db

GUESS = {"username": "stella@example.org", "password": "stella-password"}


@pytest.fixture
def stella() -> User:
    """May do everything in admin."""
    user = person("stella")
    make_staff(user=user)
    return user


@pytest.fixture
def desk(stella: User) -> Client:
    """A browser in which Stella signed in by the site's page."""
    client = Client()
    answer = client.post("/account/login/", {"login": stella.email, "password": "stella-password"})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    return client


def test_whoever_is_signed_out_signs_in_on_the_sites_page_and_comes_back(client: Client, stella: User) -> None:
    answer = client.get("/admin/accounts/user/?q=ada", follow=True)
    assert [hop for hop, _ in answer.redirect_chain][-1].startswith("/account/login/?")
    assert "account/login.html" in [template.name for template in answer.templates]
    way = {"login": stella.email, "password": "stella-password", "next": answer.context["redirect_field_value"]}
    assert client.post("/account/login/", way)["Location"] == "/admin/accounts/user/?q=ada"
    assert client.get("/admin/accounts/user/?q=ada").status_code == 200


def test_a_password_is_not_taken_at_the_door_of_admin(client: Client, stella: User) -> None:
    answer = client.post("/admin/login/", GUESS)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert "_auth_user_id" not in client.session


def test_nor_from_staff_who_are_in(desk: Client, ada: User) -> None:
    before = desk.session["_auth_user_id"]
    answer = desk.post("/admin/login/", {"username": ada.email, "password": "ada-password"})
    assert answer["Location"] == "/admin/"
    assert desk.session["_auth_user_id"] == before


def test_guessing_is_slowed_down_as_on_the_sites_page(client: Client, stella: User) -> None:
    way = {**GUESS, "login": stella.email, "password": "guess"}
    for _ in range(6):
        client.post(client.post("/admin/login/", way)["Location"], way)
    assert b"too often" in client.post("/account/login/", {**way, "password": "stella-password"}).content


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/login/", "/admin/login/?next=/admin/"])
def test_whoever_is_no_staff_is_refused_without_going_round(client: Client, ada: User, address: str) -> None:
    client.force_login(ada)
    answer = client.get(address, follow=True)
    assert answer.status_code == 403
    assert "You may not do that" in answer.content.decode()
    assert len(answer.redirect_chain) <= 1


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/admin/login/?next=/admin/"])
def test_the_way_back_leads_nowhere_else(desk: Client, address: str) -> None:
    answer = desk.get("/admin/login/", {"next": address}, follow=True)
    assert all("evil" not in hop for hop, _ in answer.redirect_chain)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == "/admin/"


@pytest.mark.parametrize("name", ["password_change", "password_change_done"])
def test_staff_change_their_password_on_the_sites_page(desk: Client, stella: User, name: str) -> None:
    way = {"old_password": "stella-password", "new_password1": "a whole new one", "new_password2": "a whole new one"}
    for answer in (desk.get(reverse(f"admin:{name}")), desk.post(reverse(f"admin:{name}"), way)):
        assert answer.status_code == 302
        assert answer["Location"] == "/account/password/change/"
    stella.refresh_from_db()
    assert stella.check_password("stella-password")


def test_signing_out_is_the_sites_own(
    desk: Client,
    stella: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(publish, "control", lambda *, topic, kind, argument: said.append((topic, argument)))
    key = desk.session.session_key or ""
    assert "Sign out?" in desk.get("/admin/logout/", follow=True).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post("/admin/logout/")
    assert answer["Location"] == "/"
    assert said == [(f"user.{stella.pk}", session_hash(key))]
    assert desk.get("/admin/", follow=True).request["PATH_INFO"] == "/account/login/"


def test_every_link_in_the_head_of_admin_leads_somewhere(desk: Client) -> None:
    page = desk.get("/admin/").content.decode()
    for name in ("password_change", "logout"):
        assert reverse(f"admin:{name}") in page
        assert desk.get(reverse(f"admin:{name}"), follow=True).status_code == 200


def test_admin_has_no_form_for_anothers_password(desk: Client, ada: User) -> None:
    """Such a form would have to end the person's sessions: whoever forgot their password has it reset by mail."""
    way = {"password1": "a whole new one", "password2": "a whole new one", "usable_password": "true"}
    for address in (f"/admin/accounts/user/{ada.pk}/password/", f"/admin/accounts/user/{ada.pk}/change/password/"):
        assert desk.get(address, follow=True).status_code in {200, 404}
        desk.post(address, way)
    ada.refresh_from_db()
    assert ada.check_password("ada-password")
    assert not any("password" in str(pattern.pattern) for pattern in admin.site._registry[User].get_urls())
