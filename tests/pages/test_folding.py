"""Comings that follow each other stand in one line, live as after a reload."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.looks import await_live, await_same
from tests.pages.people import Person
from tests.pages.places import Cast, room_path
from tests.pages.screens import Screens
from tests.pages.talking import row

pytestmark = pytest.mark.page

NAMES = ("Finn", "Gwen", "Hugo", "Iris", "Jens")


@pytest.fixture(scope="module")
def newcomers(cast: Cast) -> list[Person]:
    """People who sign up and come into the workspace."""
    people = [Person(cast.place.running.port, name) for name in NAMES]
    for person in people:
        person.sign_up()
        query = "SELECT id FROM accounts_user WHERE email = %s"
        person.id = cast.place.rows(query, person.email)[0]["id"]
    return people


def shown(page: Page) -> Locator:
    """The lines about comings that one sees."""
    return page.locator("#timeline > .notice[data-type='joined']:visible")


def expect_as_reloaded(screens: Screens, cast: Cast, page: Page, room: int) -> None:
    fresh = screens.open(cast.ada, room_path(room))
    await_live(fresh)
    await_same(page, fresh, "folded")


def test_those_who_join_one_after_another_stand_in_one_line(
    screens: Screens, cast: Cast, newcomers: list[Person]
) -> None:
    cast.ada.say(cast.general, "We grow")
    page = screens.open(cast.ada, room_path(cast.general))
    await_live(page)
    for person, words in zip(
        newcomers,
        (
            "Finn joined",
            "Finn and Gwen joined",
            "Finn, Gwen and Hugo joined",
            "Finn, Gwen and 2 others joined",
            "Finn, Gwen and 3 others joined",
        ),
        strict=True,
    ):
        person.post(cast.invitation(role="member"))
        expect(shown(page).last).to_contain_text(words)
    expect_as_reloaded(screens, cast, page, cast.general)
    others = shown(page).last.get_by_role("button", name="3 others")
    expect(others).to_have_attribute("title", "Hugo, Iris, Jens")
    others.focus()
    page.keyboard.press("Enter")
    expect(shown(page).last).to_contain_text("Finn, Gwen, Hugo, Iris and Jens joined")


def test_only_comings_of_one_kind_with_nothing_between_are_told_together(
    screens: Screens, cast: Cast, newcomers: list[Person]
) -> None:
    room = cast.room(cast.ben)
    page = screens.open(cast.ada, room_path(room))
    await_live(page)
    expect(shown(page)).to_contain_text(["Ada joined", "Ada added Ben"])
    finn, gwen, hugo, iris, jens = newcomers
    cast.settle(cast.ada, room, "add", person=finn.id)
    cast.settle(cast.ben, room, "add", person=gwen.id)
    cast.settle(cast.ben, room, "add", person=hugo.id)
    cast.ada.say(room, "between")
    expect(row(page, "between")).to_be_visible()
    cast.settle(cast.ben, room, "add", person=iris.id)
    cast.settle(jens, room, "join")
    lines = ["Ada joined", "Ada added Ben and Finn", "Ben added Gwen and Hugo", "Ben added Iris", "Jens joined"]
    expect(shown(page)).to_contain_text(lines)
    expect_as_reloaded(screens, cast, page, room)


def test_a_run_over_the_edge_of_a_page_is_one_line_once_both_pages_are_there(
    screens: Screens, cast: Cast, newcomers: list[Person]
) -> None:
    room = cast.room()
    for person in newcomers:
        cast.settle(cast.ada, room, "add", person=person.id)
    for number in range(37):
        cast.ada.say(room, f"word {number}\n\nand another line\n\nand a third")
    page = screens.open(cast.ada, room_path(room))
    await_live(page)
    expect(page.locator("#timeline > .notice")).to_have_count(3)
    page.locator(".timeline-scroll").evaluate("scroller => { scroller.scrollTop = 0 }")
    expect(page.locator("#timeline > .notice")).to_have_count(7)
    expect(shown(page)).to_contain_text(["Ada joined", "Ada added Finn, Gwen and 3 others"])
