"""Before what is hard to take back one is asked, in the site's own dialog."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.looks import await_live
from tests.pages.places import SLUG, Cast, room_path
from tests.pages.screens import Screens
from tests.pages.test_accessibility import look

pytestmark = pytest.mark.page

FOCUS_IS_INSIDE = "dialog => dialog.contains(document.activeElement) || document.activeElement === document.body"


def question(page: Page, words: str) -> Locator:
    """The dialog that asks it; the browser's own box would end the test."""
    dialog = page.get_by_role("alertdialog", name=words)
    expect(dialog).to_be_visible()
    return dialog


def person(page: Page, handle: str) -> Locator:
    return page.locator("#panel .person", has_text=handle)


@pytest.fixture
def room(cast: Cast) -> int:
    return cast.room(cast.ben, cast.dora, kind="private")


@pytest.fixture
def page(screens: Screens, cast: Cast, room: int) -> Page:
    """Ada's page of the room, with its details."""
    page = screens.open(cast.ada, room_path(room))
    await_live(page)
    page.get_by_role("link", name="Details of this room").click()
    expect(person(page, "@ben")).to_be_visible()
    return page


def ask_to_remove(page: Page, name: str) -> Locator:
    person(page, f"@{name.lower()}").hover()
    page.get_by_role("button", name=f"Remove {name}").click()
    return question(page, f"Remove {name} from this room?")


@pytest.mark.parametrize("way", ["Escape", "Cancel", "backdrop"])
def test_whoever_cancels_has_done_nothing_and_is_where_they_were(page: Page, cast: Cast, room: int, way: str) -> None:
    dialog = ask_to_remove(page, "Ben")
    head = cast.ada.head(room)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "Cancel":
        dialog.get_by_role("button", name="Cancel").click()
    else:
        page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Remove Ben")).to_be_focused()
    ask_to_remove(page, "Dora").get_by_role("button", name="Remove", exact=True).click()
    expect(person(page, "@dora")).to_have_count(0)
    expect(person(page, "@ben")).to_be_visible()
    assert cast.ada.head(room) == head + 1


def test_the_keyboard_stays_in_the_dialog_and_confirms(page: Page) -> None:
    page.get_by_role("button", name="Remove Ben").focus()
    page.keyboard.press("Enter")
    dialog = question(page, "Remove Ben from this room?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("Tab")
        assert dialog.evaluate(FOCUS_IS_INSIDE)
    dialog.get_by_role("button", name="Remove", exact=True).focus()
    page.keyboard.press("Enter")
    expect(person(page, "@ben")).to_have_count(0)


def test_the_dialog_can_be_used_by_everyone(page: Page) -> None:
    ask_to_remove(page, "Ben")
    look(page)


def test_a_change_meanwhile_does_not_take_away_what_one_is_asked_about(page: Page, cast: Cast, room: int) -> None:
    dialog = ask_to_remove(page, "Ben")
    cast.settle(cast.ada, room, "topic", topic="Something else")
    expect(page.locator("#room-header [data-slot='room-topic']")).to_have_text("Something else")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(person(page, "@ben")).to_have_count(0)


def test_a_room_is_archived_and_a_private_one_left_only_when_one_says_yes(page: Page, cast: Cast, room: int) -> None:
    name = cast.ada.api("GET", f"rooms/{room}/")["name"]
    for deed, verb in (("Archive this room", "Archive"), ("Leave this room", "Leave")):
        page.get_by_role("button", name=deed).click()
        dialog = question(page, f"{verb} {name}?")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Archive this room").click()
    question(page, f"Archive {name}?").get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("This room is archived.")).to_be_visible()


def test_what_cannot_be_undone_has_the_colour_of_danger(screens: Screens, cast: Cast) -> None:
    cast.invitation()
    page = screens.open(cast.ada, f"/w/{SLUG}/people/")
    withdraw = page.get_by_role("button", name="Withdraw")
    many = withdraw.count()
    withdraw.first.click()
    yes = question(page, "Withdraw this invitation?").get_by_role("button", name="Withdraw", exact=True)
    danger = yes.evaluate("button => getComputedStyle(button).backgroundColor")
    yes.click()
    expect(withdraw).to_have_count(many - 1)
    page.get_by_role("button", name="Remove Cleo").click()
    dialog = question(page, "Remove Cleo from Analytical Engines?")
    button = dialog.get_by_role("button", name="Remove", exact=True)
    assert button.evaluate("button => getComputedStyle(button).backgroundColor") == danger
    page.keyboard.press("Escape")
    page.goto(room_path(cast.room(cast.ben)))
    page.get_by_role("link", name="Details of this room").click()
    plain = ask_to_remove(page, "Ben").get_by_role("button", name="Remove", exact=True)
    assert plain.evaluate("button => getComputedStyle(button).backgroundColor") != danger


def test_a_workspace_is_left_only_when_one_says_yes(screens: Screens, cast: Cast) -> None:
    page = screens.open(cast.cleo, f"/w/{SLUG}/settings/")
    await_live(page)
    page.get_by_role("button", name="Leave this workspace").click()
    dialog = question(page, "Leave Analytical Engines?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Leave Analytical Engines")).to_be_visible()
