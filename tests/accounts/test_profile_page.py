import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

DETAILS = {"name": "Ada Lovelace", "handle": "countess", "time_zone": "Europe/London"}


@pytest.fixture
def browser(ada: User, sign_in: Callable[..., Client]) -> Client:
    return sign_in(ada)


def said_at(page: str, field: str) -> str:
    """The error that the field is described by."""
    described = re.search(rf'name="{field}"[^>]*aria-describedby="([^"]*)"', page)
    assert described, f"{field} is not described by anything"
    assert f"id_{field}_error" in described[1].split()
    found = re.search(rf'id="id_{field}_error">([^<]*)<', page)
    assert found
    return found[1]


def test_name_handle_and_time_zone_are_saved(browser: Client, ada: User) -> None:
    page = browser.post("/account/profile/", DETAILS, follow=True).content.decode()
    assert "Your profile is saved." in page
    ada.refresh_from_db()
    assert (ada.name, ada.handle, ada.time_zone) == ("Ada Lovelace", "countess", "Europe/London")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Type the name that others should see."),
        ("name", "a" * 81, "it may have 80 characters"),
        ("name", "A\x00", "cannot be shown"),
        ("name", "A\u202ed", "cannot be shown"),
        ("handle", "", "Type a handle"),
        ("handle", "a", "A handle has 2 to 30"),
        ("handle", "-ada", "A handle has 2 to 30"),
        ("handle", "ada lovelace", "A handle has 2 to 30"),
        ("handle", "a" * 31, "A handle has 2 to 30"),
        ("handle", "a" * 32, "it may have 31 characters"),
        ("handle", "ädä", "A handle has 2 to 30"),
        ("handle", "room", "@room has a meaning of its own here"),
        ("handle", "@Everyone", "@everyone has a meaning of its own here"),
        ("handle", "GRACE", "Someone has @grace already"),
        ("time_zone", "Mars/Olympus", "There is no such time zone"),
    ],
)
def test_bad_details_are_answered_at_their_field(
    browser: Client, ada: User, grace: User, field: str, value: str, words: str
) -> None:
    response = browser.post("/account/profile/", DETAILS | {field: value})
    assert words in said_at(response.content.decode(), field)
    ada.refresh_from_db()
    assert (ada.name, ada.handle, ada.time_zone) == ("Ada", "ada", "UTC")


def test_all_that_is_wrong_is_said_at_once_and_the_first_is_in_focus(browser: Client) -> None:
    page = browser.post("/account/profile/", {"name": "Ada", "handle": "x", "time_zone": "Mars"}).content.decode()
    assert said_at(page, "handle")
    assert said_at(page, "time_zone")
    assert re.findall(r'name="(\w+)"[^>]*\bautofocus', page) == ["handle"]


def test_a_zone_the_browser_named_is_kept_though_it_is_an_alias(browser: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Calcutta")
    browser.post("/account/profile/", DETAILS | {"time_zone": "Asia/Calcutta"})
    ada.refresh_from_db()
    assert (ada.name, ada.time_zone) == ("Ada Lovelace", "Asia/Calcutta")


def test_a_status_is_set_and_cleared(browser: Client, ada: User) -> None:
    browser.post("/account/profile/status/", {"status_emoji": "🍜", "status_text": "Out for lunch"})
    ada.refresh_from_db()
    assert (ada.status_emoji, ada.status_text) == ("🍜", "Out for lunch")
    browser.post("/account/profile/status/", {"status_emoji": "🍜", "status_text": "Out for lunch", "clear": ""})
    ada.refresh_from_db()
    assert (ada.status_emoji, ada.status_text) == ("", "")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status_text", "a" * 101, "it may have 100 characters"),
        ("status_text", "a\x07b", "cannot be shown"),
        ("status_emoji", "lunch", "Choose one emoji"),
        ("status_emoji", "🍜🍜", "Choose one emoji"),
        ("status_emoji", "<b>", "Choose one emoji"),
    ],
)
def test_a_bad_status_is_answered_at_its_field(browser: Client, ada: User, field: str, value: str, words: str) -> None:
    page = browser.post("/account/profile/status/", {"status_emoji": "🍜", "status_text": "Lunch"} | {field: value})
    assert words in said_at(page.content.decode(), field)
    ada.refresh_from_db()
    assert ada.status_text == ""


def test_what_people_write_about_themselves_stays_text(browser: Client, ada: User) -> None:
    browser.post("/account/profile/", DETAILS | {"name": "<script>alert(1)</script>"})
    page = browser.get("/account/profile/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_picture_takes_the_place_of_the_initials(browser: Client, ada: User, draw: Callable[..., BytesIO]) -> None:
    browser.post("/account/profile/picture/", {"picture": draw("JPEG")})
    ada.refresh_from_db()
    assert f'src="{ada.avatar.url}"' in browser.get("/account/profile/").content.decode()
    browser.post("/account/profile/picture/", {"clear": ""})
    ada.refresh_from_db()
    assert not ada.avatar


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "That is not a picture"),
        (b"GIF89a but not really", "That is not a picture"),
        (b"", "That file is empty"),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(browser: Client, ada: User, content: bytes, words: str) -> None:
    upload = SimpleUploadedFile("me.png", content, "image/png")
    page = browser.post("/account/profile/picture/", {"picture": upload}).content.decode()
    assert words in said_at(page, "picture")
    ada.refresh_from_db()
    assert not ada.avatar


def test_no_file_at_all_is_said_too(browser: Client) -> None:
    page = browser.post("/account/profile/picture/", {"picture": "not a file"}).content.decode()
    assert "Choose a picture first." in said_at(page, "picture")


@pytest.mark.parametrize(
    ("handle", "words"),
    [("Countess", "@countess is yours to take."), ("ada", "yours"), ("grace", "@grace2 is free"), ("", "2 to 30")],
)
def test_a_handle_is_judged_while_it_is_typed(browser: Client, grace: User, handle: str, words: str) -> None:
    page = browser.get("/account/profile/handle/", {"handle": handle}).content.decode()
    assert words in page
    assert "<html" not in page


@pytest.mark.parametrize("address", ["", "status/", "picture/"])
def test_without_its_token_no_form_is_taken(ada: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(f"/account/profile/{address}", DETAILS).status_code == 403
