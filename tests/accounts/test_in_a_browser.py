"""What the account pages do in Chromium. No look into the database from here: Playwright's loop runs in this thread."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

SCHEMES: tuple[Literal["dark"], Literal["light"]] = ("dark", "light")

pytestmark = [pytest.mark.page, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer) -> Iterator[Page]:
    """A browser in Tokyo, on the sign-up page, that fails the test on any script error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(timezone_id="Asia/Tokyo", base_url=live_server.url)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto("/account/signup/")
        yield page
        # The tables are emptied next: nothing may still be on its way to them.
        page.wait_for_load_state("networkidle")
        browser.close()
    assert errors == []


def sign_up(page: Page) -> None:
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password").fill("three plain words")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Hello, Ada Lovelace")).to_be_visible()


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    return file.getvalue()


def test_a_newcomer_lives_in_the_browsers_time_zone_and_makes_a_profile(page: Page) -> None:
    sign_up(page)
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
    found = {}

    def look(name: str) -> None:
        for scheme in SCHEMES:
            # With motion, the colours would still be on their way from one scheme to the other.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults = Axe().run(page).response["violations"]
            found.update({f"{name}, {scheme}: {fault['id']}": fault["nodes"] for fault in faults})

    for address in ("login", "signup", "password/reset", "password/reset/done", "password/reset/key/1-a", "inactive"):
        page.goto(f"/account/{address}/")
        look(address)
    page.goto("/account/signup/")
    page.get_by_label("E-mail").fill("nonsense@nowhere")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password").fill("short")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    look("sign-up with errors")
    page.goto("/account/signup/")
    sign_up(page)
    for address in ("profile", "email", "password/change", "sessions", "reauthenticate", "logout"):
        page.goto(f"/account/{address}/")
        look(address)
    assert found == {}
