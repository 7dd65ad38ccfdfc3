"""Everyone can use every page: axe finds nothing serious, and the keyboard reaches everything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.pages.looks import await_live
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast, room_path
from tests.pages.screens import Screens
from tests.pages.tabs import Tabs
from tests.pages.talking import composer, row

pytestmark = pytest.mark.page

AXE = Axe()

WIDE: ViewportSize = {"width": 1360, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
TABLE = "Everything at once:\n\n1. one\n2. two\n\n> quoted\n\n---\n\n`code` and [a link](https://example.org/)"

#: Another size and scheme are drawn, and no colour is still on its way to another.
SETTLED = """async () => {
  for (;;) {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const ends = (one) => one.playState !== "finished" && one.effect.getComputedTiming().endTime < Infinity;
    const ending = document.getAnimations().filter(ends);
    if (ending.length === 0) return;
    await Promise.allSettled(ending.map((one) => one.finished));
  }
}"""


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical in what the page shows now."""
    # Brought in once a page, where the library would do it for each look.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found: list[dict[str, Any]] = page.evaluate("axe.run({resultTypes: ['violations']}).then((all) => all.violations)")
    bad = [each for each in found if each["impact"] in {"serious", "critical"}]
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary']}" for each in bad for node in each["nodes"]]


def look(page: Page, state: str = "as it opens") -> None:
    """Light on a wide screen, dark on a phone; first the one that the page is already drawn for."""
    ways = [("light", WIDE), ("dark", PHONE)]
    for scheme, size in reversed(ways) if page.viewport_size == PHONE else ways:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        assert faults(page) == [], f"{page.url}, {state}, {scheme}, {size['width']}"


@pytest.fixture(scope="module")
def opened(tabs: Tabs, cast: Cast) -> Iterator[tuple[Screens, dict[str, Page]]]:
    """A page of nobody's, one of Ada's, one of Ben's."""
    screens = Screens(tabs)
    people = {"nobody": None, "Ada": cast.ada, "Ben": cast.ben}
    yield screens, {name: screens.of(person).new_page() for name, person in people.items()}
    screens.close()


@pytest.fixture
def pages(opened: tuple[Screens, dict[str, Page]]) -> Iterator[dict[str, Page]]:
    """These pages; any script error on one fails the test."""
    screens, pages = opened
    screens.forgive("status of 404")
    yield pages
    screens.check()


@pytest.fixture(scope="module")
def full(cast: Cast) -> int:
    """A room in which everything happened."""
    room = cast.room(cast.ben, cast.cleo, topic="Engines of all kinds")
    first = cast.ada.say(room, "hello @ben and @room :tada:")
    cast.ben.say(room, TABLE)
    cast.ben.say(room, "```python\nfor x in range(3):  # words\n    print(f'{x!r}', 1.5)\n```")
    gone = cast.cleo.say(room, "gone")
    for person in (cast.ada, cast.ben):
        person.react(room, first, "👍")
    cast.ada.delete(room, gone)
    cast.ada.reword(room, first, "hello again @ben")
    cast.ada.pin(room, first)
    cast.settle(cast.ada, room, "topic", topic="Other engines")
    return room


@pytest.mark.parametrize(
    "path", ["/", "/account/signup/", "/account/login/", "/account/password/reset/", "/nowhere/", "/status"]
)
def test_pages_of_somebody_signed_out(path: str, pages: dict[str, Page]) -> None:
    pages["nobody"].goto(path)
    look(pages["nobody"])


@pytest.mark.parametrize(
    "path",
    [
        "/workspaces/new/",
        "/account/profile/",
        "/account/sessions/",
        f"/w/{SLUG}/people/",
        f"/w/{SLUG}/people/?invite=1",
        f"/w/{SLUG}/settings/",
        "/mail/",
        "/mail/stop/not-one-of-ours/",
        f"/w/{SLUG}/rooms/",
        f"/w/{SLUG}/rooms/new/",
        f"/w/{SLUG}/direct/",
        f"/w/{SLUG}/search/?q=hello",
        "/join/nothing-such/",
    ],
)
def test_pages_of_somebody_signed_in(path: str, pages: dict[str, Page], full: int) -> None:
    pages["Ada"].goto(path)
    look(pages["Ada"])


def test_the_page_of_somebody_without_a_workspace(screens: Screens, cast: Cast) -> None:
    newcomer = Person(cast.place.running.port, "Newcomer")
    newcomer.sign_up()
    page = screens.of(newcomer).new_page()
    page.goto("/")
    expect(page.get_by_text("You are not in a workspace yet.")).to_be_visible()
    look(page)


def test_rooms_empty_archived_and_seen_from_outside(pages: dict[str, Page], cast: Cast) -> None:
    page = pages["Ben"]
    page.goto(room_path(cast.room(cast.ben)))
    look(page)
    closed = cast.room(cast.ben)
    cast.settle(cast.ada, closed, "archive")
    page.goto(room_path(closed))
    look(page)
    page.goto(room_path(cast.room()))
    look(page)


def open_switcher(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    return page.locator("#switcher-list").get_by_role("option").first


def open_picker(page: Page) -> Locator:
    page.locator("#composer").get_by_role("button", name="Emoji").click()
    return page.locator("[data-pick]").first


def open_completion(page: Page) -> Locator:
    composer(page).fill("")
    composer(page).press_sequentially("@a")
    return page.locator("#completion").get_by_role("option").first


def open_menu(page: Page) -> Locator:
    row(page, "hello again").hover()
    row(page, "hello again").get_by_role("button", name="More").click()
    return page.get_by_role("menuitem", name="Copy text")


def open_editor(page: Page) -> Locator:
    # What another state wrote is kept as a draft.
    composer(page).fill("")
    composer(page).press("ArrowUp")
    return page.get_by_label("Change the message")


def open_shortcuts(page: Page) -> Locator:
    page.locator(".timeline-scroll").focus()
    page.keyboard.press("?")
    return page.locator("#dialog")


def open_workspace_menu(page: Page) -> Locator:
    page.get_by_role("button", name="Analytical Engines").click()
    return page.get_by_role("link", name="Invite people")


def open_panel(link: str, what: str) -> Callable[[Page], Locator]:
    def act(page: Page) -> Locator:
        page.get_by_role("link", name=link, exact=True).click()
        return page.locator(f"#panel [data-panel='{what}']")

    return act


STATES: dict[str, Callable[[Page], Locator]] = {
    "as it opens": lambda page: row(page, "hello again"),
    "details": open_panel("Details of this room", "details"),
    "pins": open_panel("Pinned messages", "pins"),
    "search": open_panel("Search", "search"),
    "switcher": open_switcher,
    "emoji picker": open_picker,
    "completion": open_completion,
    "message menu": open_menu,
    "editor": open_editor,
    "shortcuts": open_shortcuts,
    "workspace menu": open_workspace_menu,
}


def test_a_room_in_each_of_its_states(pages: dict[str, Page], full: int) -> None:
    page = pages["Ben"]
    page.set_viewport_size(WIDE)
    page.goto(room_path(full))
    await_live(page)
    for state, reach in STATES.items():
        shown = reach(page)
        expect(shown, state).to_be_visible()
        look(page, state)
        page.set_viewport_size(WIDE)
        if state != "as it opens":
            page.keyboard.press("Escape")
            expect(shown, state).to_be_hidden()
