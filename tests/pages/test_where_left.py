"""A room opens where one left off in it; what comes meanwhile is never out of order and leaves no hole."""

import json
import re
from typing import cast as typed

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from rooms.models import NOTICES
from tests.pages.looks import await_live, await_position
from tests.pages.places import Cast, Place, room_path
from tests.pages.screens import CUT, Screens
from tests.pages.talking import row, say
from tests.pages.timelines import await_stored

pytestmark = pytest.mark.page

MANY = 65
ROWS = "SELECT seq FROM rooms_event WHERE room_id = %s AND type = ANY(%s) ORDER BY seq"
SHOWN_ROWS = "() => [...document.querySelectorAll('#timeline > [data-seq]')].map((row) => Number(row.dataset.seq))"
SCROLL = "(scroller, way) => { scroller.scrollTop = way * scroller.scrollHeight; }"
#: What follows from a change of the rows has happened.
FRAMES = "async () => { for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame); }"


@pytest.fixture
def room(cast: Cast) -> int:
    """Ben read eight messages of it, and others went on."""
    room = cast.room(cast.ben, cast.dora, cast.eve)
    cast.ada.say_all(room, [f"seen {number}" for number in range(8)])
    cast.ben.api("PUT", f"rooms/{room}/position/", position=cast.ada.head(room))
    # By two: nobody may say so much so often alone.
    for person, some in ((cast.dora, range(33)), (cast.eve, range(33, MANY))):
        person.say_all(room, [f"unread {number}" for number in some])
    return room


@pytest.fixture
def page(screens: Screens, cast: Cast, room: int) -> Page:
    page = screens.open(cast.ben, room_path(room))
    await_live(page)
    return page


def scroller(page: Page) -> Locator:
    return page.locator(".timeline-scroll")


def jump(page: Page) -> Locator:
    return page.locator(".jump")


def assert_no_hole(page: Page, place: Place, room: int) -> None:
    """The rows that are shown are a piece of the room's own, in its order."""
    shown = typed("list[int]", page.evaluate(SHOWN_ROWS))
    stored = [each["seq"] for each in place.rows(ROWS, room, ["posted", *NOTICES])]
    start = stored.index(shown[0])
    assert shown == stored[start : start + len(shown)]


def test_the_first_unread_message_is_in_view_under_its_line(page: Page, cast: Cast, room: int) -> None:
    expect(page.locator("#new-line")).to_be_in_viewport()
    expect(page.locator("#new-line + .message")).to_contain_text("unread 0")
    expect(row(page, "seen 7")).to_be_in_viewport()
    expect(jump(page)).to_contain_text("Jump to newest")
    below = MANY - page.locator("#timeline > .message:visible", has_text="unread").evaluate_all(
        "rows => rows.filter((row) => row.getBoundingClientRect().top <"
        " document.querySelector('.timeline-scroll').getBoundingClientRect().bottom).length"
    )
    expect(jump(page).locator("[data-slot='count']")).to_have_text(str(below))
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-unread", str(MANY))


def test_one_reads_down_to_the_newest_while_others_talk(page: Page, cast: Cast, place: Place, room: int) -> None:
    for number in range(40):
        if number < 8:
            cast.ada.say(room, f"meanwhile {number}")
        elif jump(page).is_hidden():
            break
        scroller(page).evaluate(SCROLL, 1)
        assert_no_hole(page, place, room)
        page.evaluate(FRAMES)
    expect(jump(page)).to_be_hidden()
    expect(row(page, "meanwhile 7")).to_be_in_viewport()
    await_position(page, room, cast.ada.head(room))
    for _ in range(6):
        scroller(page).evaluate(SCROLL, 0)
        assert_no_hole(page, place, room)
        page.evaluate(FRAMES)
    assert len(await_stored(page, place, room)) > MANY


def test_coming_to_the_end_of_what_is_loaded_is_not_coming_to_the_newest(
    page: Page, screens: Screens, cast: Cast, room: int
) -> None:
    screens.forgive("ERR_FAILED")
    page.route("**/timeline/?after=*", lambda route: route.abort())
    cast.ada.say(room, "the very newest")
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-unread", str(MANY + 1))
    scroller(page).evaluate(SCROLL, 1)
    expect(jump(page)).to_be_visible()
    expect(row(page, "the very newest")).to_have_count(0)
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-unread", str(MANY + 1))
    expect(page.locator("#seen")).to_be_hidden()
    last = page.locator("#timeline > .message").last.get_attribute("id")
    page.unroute("**/timeline/?after=*")
    expect(page.locator(f"#{last} + .message")).to_be_attached()
    page.evaluate(FRAMES)
    expect(page.locator(f"#{last}")).to_be_in_viewport()
    expect(jump(page)).to_be_visible()


def test_a_jump_to_the_newest_reads_it_all(page: Page, cast: Cast, place: Place, room: int) -> None:
    jump(page).click()
    expect(row(page, f"unread {MANY - 1}")).to_be_in_viewport()
    expect(jump(page)).to_be_hidden()
    await_position(page, room, cast.ada.head(room))
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-unread", "0")
    cast.ada.say(room, "and on")
    expect(row(page, "and on")).to_be_in_viewport()
    assert_no_hole(page, place, room)
    await_position(page, room, cast.ada.head(room))
    page.reload()
    expect(page.locator("#new-line")).to_have_count(0)
    expect(row(page, "and on")).to_be_in_viewport()


def test_whoever_writes_before_having_read_all_is_at_the_newest(page: Page, place: Place, room: int) -> None:
    say(page, "I have not read it all")
    expect(row(page, "I have not read it all")).to_be_in_viewport()
    expect(row(page, "I have not read it all")).to_have_attribute("data-state", "sent")
    expect(row(page, f"unread {MANY - 1}")).to_be_visible()
    assert_no_hole(page, place, room)


def test_what_came_while_the_line_was_cut_leaves_no_hole(
    page: Page, screens: Screens, cast: Cast, place: Place, room: int
) -> None:
    screens.forgive(CUT)
    page.context.set_offline(True)
    scroller(page).evaluate(SCROLL, 1)
    for number in range(3):
        cast.ada.say(room, f"in the dark {number}")
    page.context.set_offline(False)
    for _ in range(100):
        scroller(page).evaluate(SCROLL, 1)
        if jump(page).is_hidden():
            break
        page.evaluate(FRAMES)
    expect(row(page, "in the dark 2")).to_be_in_viewport()
    assert_no_hole(page, place, room)


class DeafSocket:
    """What the server says to a page goes through here, or gets lost here."""

    def __init__(self, page: Page) -> None:
        self.is_deaf = False
        page.route_web_socket(re.compile("/ws/$"), self._connect)

    def say(self, **frame: object) -> None:
        self._page.send(json.dumps(frame))

    def _connect(self, route: WebSocketRoute) -> None:
        self._page = route
        route.connect_to_server().on_message(lambda frame: None if self.is_deaf else route.send(frame))


def test_a_room_that_could_not_be_loaded_anew_is_as_soon_as_the_server_answers_again(
    screens: Screens, cast: Cast, place: Place
) -> None:
    screens.forgive("ERR_FAILED")
    room = cast.room(cast.ben)
    first = cast.ada.say(room, "heard")
    page = screens.of(cast.ben).new_page()
    socket = DeafSocket(page)
    page.goto(room_path(room))
    await_live(page)
    socket.is_deaf = True
    for number in range(3):
        cast.ada.say(room, f"unheard {number}")
    cast.ada.reword(room, first, "in other words")
    page.route("**/timeline/*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "/timeline/" in request.url):
        socket.say(type="reload", room=room, head=cast.ada.head(room))
    socket.is_deaf = False
    cast.ada.say(room, "heard again")
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-head", str(cast.ada.head(room)))
    assert_no_hole(page, place, room)
    page.unroute("**/timeline/*")
    expect(row(page, "heard again")).to_be_in_viewport()
    expect(row(page, "in other words")).to_be_in_viewport()
    assert_no_hole(page, place, room)
    expect(jump(page)).to_be_hidden()


#: The list grows after it was scrolled to its end and before the browser tells of it.
GROW_TWICE = """async (scroller) => {
  const list = scroller.querySelector("#timeline");
  const frame = () => new Promise(requestAnimationFrame);
  const grow = () => list.append(Object.assign(document.createElement("li"), { style: "block-size: 20rem" }));
  for (let time = 0; time < 5; time += 1) {
    grow();
    await frame();
    await new Promise((resolve) => setTimeout(resolve));
    grow();
    await frame();
  }
  await frame();
  await frame();
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}"""


def test_whoever_is_at_the_end_stays_there_however_fast_it_grows(page: Page) -> None:
    jump(page).click()
    expect(jump(page)).to_be_hidden()
    assert scroller(page).evaluate(GROW_TWICE) < 2
    expect(jump(page)).to_be_hidden()
