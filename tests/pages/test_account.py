"""The pages of one's account, as somebody new meets them."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.pages.screens import Screens
from tests.pages.test_accessibility import look

pytestmark = pytest.mark.page


@pytest.fixture
def page(screens: Screens) -> Page:
    """A page of nobody's yet, in Tokyo, at the sign-up."""
    return screens.open(None, "/account/signup/")


def sign_up(page: Page, handle: str) -> None:
    page.get_by_label("Your name").fill("Augusta King")
    page.get_by_label("E-mail").fill(f"{handle}@example.org")
    page.get_by_label("Password").fill("three plain words")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Hello, Augusta King")).to_be_visible()


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    return file.getvalue()


def test_a_newcomer_lives_in_the_browsers_time_zone_and_makes_a_profile(page: Page) -> None:
    sign_up(page, "countess")
    page.goto("/account/profile/")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    tokyo = page.locator("output").inner_text()
    page.get_by_label("Time zone").select_option("America/New_York")
    expect(page.locator("output")).not_to_have_text(tokyo)

    page.get_by_label("Handle").fill("everyone")
    expect(page.get_by_text("@everyone has a meaning of its own here.")).to_be_visible()
    page.get_by_label("Handle").fill("countess")
    expect(page.get_by_text("@countess is yours to take.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(page.get_by_text("@countess").first).to_be_visible()

    page.get_by_role("button", name="In a meeting").click()
    page.get_by_role("button", name="Save status").click()
    expect(page.get_by_text("@countess · 📅 In a meeting")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("@countess · 📅 In a meeting")).to_have_count(0)

    shown = page.get_by_role("main").locator(".avatar img")
    expect(shown).to_have_count(0)
    page.get_by_label("A picture instead").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
    )
    assert (shown.get_attribute("src") or "").startswith("blob:")
    page.get_by_role("button", name="Save picture").click()
    expect(page.get_by_text("Your picture is saved.")).to_be_visible()
    assert (shown.get_attribute("src") or "").startswith("/media/avatars/")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256


def test_every_page_can_be_used_by_everyone(page: Page) -> None:
    for address in ("login", "signup", "password/reset", "password/reset/done", "password/reset/key/1-a", "inactive"):
        page.goto(f"/account/{address}/")
        look(page)
    page.goto("/account/signup/")
    page.get_by_label("E-mail").fill("nonsense@nowhere")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password").fill("short")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    look(page)
    page.goto("/account/signup/")
    sign_up(page, "augusta")
    for address in ("profile", "email", "password/change", "sessions", "reauthenticate", "logout"):
        page.goto(f"/account/{address}/")
        look(page)
