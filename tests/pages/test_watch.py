"""Staff watch the site live; the author of a message sees how it travelled."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.places import Cast, Place, room_path
from tests.pages.screens import Screens
from tests.pages.talking import row, say
from tests.pages.test_accessibility import look

pytestmark = pytest.mark.page

_RIGHTS = "UPDATE accounts_user SET is_staff = %s, is_superuser = %s WHERE id = %s"


@pytest.fixture(scope="module")
def staff(cast: Cast, place: Place) -> Iterator[Cast]:
    """Dan is staff, for this file."""
    place.change(_RIGHTS, True, True, cast.dan.id)
    yield cast
    place.change(_RIGHTS, False, False, cast.dan.id)


@pytest.fixture
def live(screens: Screens, staff: Cast) -> Page:
    """Dan's live page; the node has reported, and one that another test has killed is known to be gone."""
    page = screens.open(staff.dan, "/admin/live/")
    expect(page.get_by_role("row", name="Serving")).to_have_count(1, timeout=40_000)
    return page


def test_the_live_page_goes_with_the_site(screens: Screens, live: Page, cast: Cast) -> None:
    await_live(screens.open(cast.eve, room_path(cast.general)))
    people = live.locator(".live__fact", has_text="People online").locator("dd")
    expect(people).not_to_have_text("0")
    expect(live.locator(".live__table")).to_contain_text("Serving")
    expect(live.locator(".live__table")).to_contain_text("heard")
    look(live)


def test_the_only_node_is_not_drained_and_staff_are_told_why(live: Page) -> None:
    live.get_by_role("button", name="Drain").click()
    expect(live.get_by_text("It is the only node that serves")).to_be_visible()
    expect(live.locator(".live__table")).to_contain_text("Serving")


def test_the_author_sees_how_a_message_travelled_and_others_do_not(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben, cast.eve, kind="private")
    adas, bens = screens.open(cast.ada, room_path(room)), screens.open(cast.ben, room_path(room))
    await_live(adas)
    await_live(bens)
    say(adas, "How did this go?")
    expect(row(bens, "How did this go?")).to_be_visible()
    row(bens, "How did this go?").hover()
    bens.get_by_role("button", name="More", exact=True).click()
    expect(bens.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(bens.get_by_role("menuitem", name="How it travelled")).to_be_hidden()
    row(adas, "How did this go?").hover()
    adas.get_by_role("button", name="More", exact=True).click()
    adas.get_by_role("menuitem", name="How it travelled").click()
    dialog = adas.get_by_role("dialog")
    expect(dialog).to_contain_text("Stored")
    expect(dialog).to_contain_text("Arrived at")
    expect(dialog).to_contain_text("Sent to")
    expect(dialog.get_by_role("rowheader", name="Ben")).to_be_visible()
    look(adas, "how it travelled")
