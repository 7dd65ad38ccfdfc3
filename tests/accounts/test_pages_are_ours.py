"""Allauth brings pages of its own; whatever of it a person can reach looks like the rest of the site."""

from collections.abc import Callable
from pathlib import Path

import allauth
import pytest
from allauth.account import urls
from django.conf import settings
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered
from django.urls import URLPattern, reverse

from accounts.models import User

pytestmark = pytest.mark.django_db

ARGUMENTS = {
    "account_confirm_email": {"key": "MQ:abc:def"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
}
NAMES = sorted({pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern) and pattern.name})


def foreign_templates(client: Client, name: str) -> set[str]:
    used: list[Template] = []

    def note(template: Template, **_: object) -> None:
        used.append(template)

    template_rendered.connect(note)
    try:
        response = client.get(reverse(name, kwargs=ARGUMENTS.get(name)), follow=True)
    finally:
        template_rendered.disconnect(note)
    assert response.status_code in {200, 403}
    assert used
    ours = Path(settings.BASE_DIR) / "templates"
    pages = {str(template.origin.name) for template in used if str(template.origin.name).endswith(".html")}
    return {page for page in pages if "allauth" in page and not Path(page).is_relative_to(ours)}


@pytest.mark.parametrize("name", NAMES)
def test_signed_out(client: Client, name: str) -> None:
    assert foreign_templates(client, name) == set()


@pytest.mark.parametrize("name", NAMES)
def test_signed_in(ada: User, sign_in: Callable[..., Client], name: str) -> None:
    assert foreign_templates(sign_in(ada), name) == set()


@pytest.mark.parametrize("name", NAMES)
def test_without_a_password(client: Client, ada: User, name: str) -> None:
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)
    assert foreign_templates(client, name) == set()


def test_every_page_of_allauth_that_stays_in_use_has_one_of_ours() -> None:
    """The rest needs a setting that is off: codes by mail, phones, passkeys, several addresses."""
    folder = Path(*allauth.__path__) / "templates" / "account"
    ours = Path(settings.BASE_DIR) / "templates" / "account"
    off = ("base_", "confirm_", "phone_", "request_login_code", "signup_by_passkey", "email.html")
    missing = {
        page.name for page in folder.glob("*.html") if not page.name.startswith(off) and not (ours / page.name).exists()
    }
    assert missing == set()
