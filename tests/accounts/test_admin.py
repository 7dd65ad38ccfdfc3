import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.actions.people import deactivate, make_staff
from accounts.admin.reading import ReadingAdmin
from accounts.models import User

YES = {"_form_submitted": "on"}


@pytest.fixture
def staff(db: None) -> User:
    """May do everything in admin; is in no workspace."""
    user = User.objects.create_user("stella@example.org", "stella-password", name="Stella", handle="stella")
    make_staff(user=user)
    return user


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    """A browser in which Stella is signed in."""
    client.force_login(staff)
    return client


def button(user: User, name: str) -> str:
    return reverse(f"admin:accounts_user_{name}", args=[user.pk])


def page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_people_who_are_no_staff_see_nothing_of_admin(client: Client, ada: User) -> None:
    client.force_login(ada)
    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, ReadingAdmin)
        answer = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


def test_people_are_found_by_name_handle_and_address(desk: Client, ada: User, ben: User) -> None:
    for words in ("Ada", "ada@example.org", "ada"):
        answer = desk.get(reverse("admin:accounts_user_changelist"), {"q": words})
        assert answer.status_code == 200
        assert b"ada@example.org" in answer.content
        assert b"ben@example.org" not in answer.content


def test_a_name_is_shown_as_it_is_written_and_runs_nothing(desk: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(name="<script>alert(1)</script>", status_text="<img src=x onerror=alert(1)>")
    for address in (reverse("admin:accounts_user_changelist"), page(ada)):
        text = desk.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text


def test_somebody_is_kept_out_and_let_in_again(desk: Client, ada: User) -> None:
    browser = Client()
    browser.force_login(ada)
    assert browser.get(reverse("profile")).status_code == 200

    answer = desk.post(button(ada, "keep_out"), YES)
    assert answer["HX-Redirect"] == page(ada)
    ada.refresh_from_db()
    assert not ada.is_active
    assert browser.get(reverse("profile")).status_code == 302

    desk.post(button(ada, "let_in"), YES)
    ada.refresh_from_db()
    assert ada.is_active


def test_a_button_that_is_only_looked_at_does_nothing(desk: Client, ada: User) -> None:
    assert b"signed out everywhere" in desk.get(button(ada, "keep_out")).content
    desk.post(button(ada, "keep_out"))
    ada.refresh_from_db()
    assert ada.is_active


def test_a_button_needs_the_token_of_its_own_page(staff: User, ada: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff)
    assert careful.post(button(ada, "keep_out"), YES).status_code == 403
    ada.refresh_from_db()
    assert ada.is_active


def test_buttons_are_shown_only_where_they_do_something(desk: Client, staff: User, ada: User) -> None:
    shown = desk.get(page(ada)).content.decode()
    assert button(ada, "keep_out") in shown
    assert button(ada, "open_admin") in shown
    assert button(ada, "let_in") not in shown
    deactivate(user=ada)
    shown = desk.get(page(ada)).content.decode()
    assert button(ada, "let_in") in shown
    assert button(ada, "keep_out") not in shown
    assert button(staff, "keep_out") not in desk.get(page(staff)).content.decode()


def test_nobody_keeps_themselves_out(desk: Client, staff: User) -> None:
    for name in ("keep_out", "close_admin"):
        assert desk.post(button(staff, name), YES).status_code == 403
    staff.refresh_from_db()
    assert staff.is_active
    assert staff.is_staff


def test_superusers_make_staff_and_unmake_it(desk: Client, ada: User) -> None:
    desk.post(button(ada, "open_admin"), YES)
    ada.refresh_from_db()
    assert ada.is_superuser
    desk.post(button(ada, "close_admin"), YES)
    ada.refresh_from_db()
    assert not ada.is_staff


def test_staff_without_all_rights_touches_no_staff(client: Client, staff: User, ada: User, ben: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    ada.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(ada)
    assert client.get(page(ben)).status_code == 200
    assert client.post(button(staff, "keep_out"), YES).status_code == 403
    assert client.post(button(ben, "open_admin"), YES).status_code == 403
    assert client.post(button(ben, "keep_out"), YES).status_code == 200
    ben.refresh_from_db()
    staff.refresh_from_db()
    assert (ben.is_active, ben.is_staff, staff.is_active) == (False, False, True)


@pytest.mark.parametrize("object_id", ["0", "999999", "abc", "1; DROP TABLE", "²"])
def test_a_button_of_nobody_is_refused(desk: Client, object_id: str) -> None:
    answer = desk.post(reverse("admin:accounts_user_changelist") + f"{object_id}/keep_out/", YES)
    assert answer.status_code in {302, 403, 404}


def test_nothing_can_be_written_by_a_form(desk: Client, ada: User) -> None:
    assert desk.get(reverse("admin:accounts_user_add")).status_code == 403
    assert desk.post(page(ada), {"name": "Eve"}).status_code == 403
    assert desk.post(reverse("admin:accounts_user_delete", args=[ada.pk]), {"post": "yes"}).status_code == 403
    ada.refresh_from_db()
    assert ada.name == "Ada"
