"""Everything can be done by keyboard, and one always sees where one is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.places import Cast, room_path
from tests.pages.screens import Screens
from tests.pages.talking import composer, row

pytestmark = pytest.mark.page

#: What has the focus, and whether it or what holds it is marked in a way that it is not without the focus.
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const marks = (one) => { const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
    return [outline, boxShadow, borderColor, backgroundColor].join(); };
  const around = [element, element.parentElement, element.parentElement?.parentElement].filter(Boolean);
  const focused = around.map(marks);
  element.blur();
  const plain = around.map(marks);
  element.focus({ focusVisible: true });
  const name = element.id || element.getAttribute("aria-label") || element.textContent.trim();
  const place = element.closest("nav, .toolbar, #composer, .timeline-scroll, .room-header, .skip-link");
  return { name, place: place?.className.split(" ")[0] ?? "", seen: focused.join() !== plain.join() };
}"""


@pytest.fixture
def page(screens: Screens, cast: Cast) -> Iterator[Page]:
    """Ben's page of a room in which Ada and he spoke."""
    room = cast.room(cast.ben, name="Keyboards")
    cast.ada.say(room, "from Ada")
    cast.ben.say(room, "from Ben")
    page = screens.open(cast.ben, room_path(room))
    await_live(page)
    yield page
    cast.settle(cast.ada, room, "archive")


def walk(page: Page, most: int = 80) -> list[dict[str, object]]:
    """Tab by tab through the whole page, until it is left."""
    stops: list[dict[str, object]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(stops)


def test_tab_reaches_every_part_and_shows_where_one_is(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    stops = walk(page)
    assert {"sidebar", "room-header", "timeline-scroll", "composer"} <= {stop["place"] for stop in stops}
    assert [stop for stop in stops if not stop["seen"]] == []
    assert "composer-input" in {stop["name"] for stop in stops}


def test_arrows_go_through_messages_and_tab_to_their_toolbar(page: Page) -> None:
    page.locator(".timeline-scroll").focus()
    page.keyboard.press("ArrowUp")
    expect(row(page, "from Ben")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row(page, "from Ada")).to_be_focused()
    thumbs = row(page, "from Ada").get_by_role("button", name="React with thumbs up")
    while not thumbs.evaluate("button => button === document.activeElement"):
        assert row(page, "from Ada").evaluate("row => row.contains(document.activeElement)")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "from Ada").locator(".reaction")).to_contain_text("1")
    page.keyboard.press("ArrowRight")
    expect(row(page, "from Ada").get_by_role("button", name="React with a tick")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, "from Ada")).to_be_focused()


def test_control_k_goes_to_a_room_by_name(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to a room or person")).to_be_focused()
    page.keyboard.type("gener")
    expect(page.locator("#switcher-list").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-slot='room-name']")).to_have_text("general")


def test_escape_closes_what_is_open_and_gives_the_focus_back(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("#switcher")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#switcher")).to_be_hidden()

    pins = page.get_by_role("link", name="Pinned messages")
    pins.press("Enter")
    expect(page.locator("#panel [data-panel='pins']")).to_be_visible()
    page.locator("#panel").get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#panel [data-panel='pins']")).to_have_count(0)
    expect(pins).to_be_focused()

    emoji = page.locator("#composer").get_by_role("button", name="Emoji")
    emoji.press("Enter")
    expect(page.get_by_label("Find an emoji")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#emoji-popover")).to_be_hidden()
    expect(emoji).to_be_focused()


def test_whoever_begins_to_type_means_the_composer(page: Page) -> None:
    page.locator(".timeline-scroll").focus()
    page.keyboard.type("hello")
    expect(composer(page)).to_have_value("hello")
