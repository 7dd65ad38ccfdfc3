"""Whoever is out of a private room sees it go, and nothing of what is said in it from then on."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.places import Cast, room_path
from tests.pages.screens import Screens

pytestmark = pytest.mark.page


def await_head(page: Page, cast: Cast, room: int) -> None:
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-head", str(cast.ada.head(room)))


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_a_private_room_goes_with_the_last_that_concerns_one(screens: Screens, cast: Cast, how: str) -> None:
    room = cast.room(cast.ben, cast.dan, kind="private")
    cast.ada.say(room, "with Dan")
    page = screens.of(cast.dan).new_page()
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    page.goto(room_path(room))
    await_live(page)
    rows = page.locator("#timeline > [data-seq]")
    before = rows.count()
    if how == "leave":
        cast.settle(cast.dan, room, "leave")
    else:
        cast.settle(cast.ada, room, "remove", person=cast.dan.id)
    expect(page.locator("#room-foot")).to_contain_text("You are no longer in this room")
    expect(page.locator("#composer-input")).to_have_count(0)
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_count(0)
    cast.ada.say(room, "without Dan")
    # What comes after it on the same socket has come.
    cast.ada.say(cast.general, "for everyone")
    await_head(page, cast, cast.general)
    assert any("for everyone" in frame for frame in frames)
    assert not any("without Dan" in frame for frame in frames)
    expect(rows).to_have_count(before + 1)
    expect(rows.last).to_have_attribute("data-type", "left" if how == "leave" else "removed")
    assert cast.dan.ask("GET", room_path(room)).status == 404
