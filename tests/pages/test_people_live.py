"""What somebody is doing follows live, wherever their name stands with it."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast, room_path
from tests.pages.screens import CUT, Screens

pytestmark = pytest.mark.page


def does(person: Person, emoji: str, text: str) -> None:
    person.post("/account/profile/status/", status_emoji=emoji, status_text=text)


def open_details(page: Page) -> None:
    page.get_by_role("link", name="Details of this room").click()
    expect(page.locator("#panel .person").first).to_be_visible()


@pytest.fixture(autouse=True)
def _idle(cast: Cast) -> None:
    does(cast.ben, "", "")


def test_a_status_follows_in_the_room_list_and_the_panel_of_people(screens: Screens, cast: Cast) -> None:
    cast.ada.post(f"/w/{SLUG}/direct/", people=cast.ben.id)
    page = screens.open(cast.ada, room_path(cast.room(cast.ben)))
    await_live(page)
    open_details(page)
    link = page.locator("#sidebar .room-link", has_text="Ben").locator("[data-slot='status']")
    line = page.locator("#panel .person", has_text="@ben").locator(".person__line")
    expect(line).to_have_text("@ben")
    does(cast.ben, "🍜", "Out for <b>lunch</b>")
    expect(link).to_have_text("🍜")
    expect(link).to_have_attribute("title", "Out for <b>lunch</b>")
    expect(line).to_have_text("@ben🍜 Out for <b>lunch</b>")
    page.reload()
    open_details(page)
    expect(line).to_have_text("@ben🍜 Out for <b>lunch</b>")
    does(cast.ben, "", "")
    expect(link).to_have_text("")
    expect(line).to_have_text("@ben")


def test_a_status_follows_on_the_page_of_people_and_beside_ones_own_name(screens: Screens, cast: Cast) -> None:
    pages = [screens.open(person, f"/w/{SLUG}/people/") for person in (cast.ada, cast.ben)]
    for page in pages:
        await_live(page)
    does(cast.ben, "", "Reading")
    for page in pages:
        expect(page.locator(".member", has_text="@ben").locator(".rows__line")).to_have_text("@benReading")
    expect(pages[1].locator(".me__status")).to_have_text("Reading")


def test_a_status_that_changed_while_one_was_away_is_drawn_when_one_is_back(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    page = screens.open(cast.ada, f"/w/{SLUG}/people/")
    await_live(page)
    page.context.set_offline(True)
    does(cast.ben, "🌴", "On holiday")
    page.context.set_offline(False)
    expect(page.locator(".member", has_text="@ben").locator(".rows__line")).to_have_text("@ben🌴 On holiday")
