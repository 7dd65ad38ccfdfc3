"""What people meet every day: the small things that make a place pleasant, or not."""

import re
import uuid
from typing import Any

import emoji
import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.panels import open_panel
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast, room_path
from tests.pages.screens import Screens
from tests.pages.talking import act, composer, remove, row, say

pytestmark = pytest.mark.page

PHONE = {"width": 390, "height": 844}

DIRECTION = "element => [getComputedStyle(element).direction, getComputedStyle(element).unicodeBidi]"

SAVE = """async () => {
  const form = document.querySelector("main form[method='post']");
  await fetch(location.pathname, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
}"""

EVERY_EMOJI = """async () => {
  const [script] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/emoji/database."));
  const { emojiOf } = await import(script.name);
  const groups = await Promise.all([0, 1, 3, 4, 5, 6, 7, 8, 9].map(emojiOf));
  return groups.flat().map(({ unicode }) => unicode);
}"""

APPLY = """async (event) => {
  const [script] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/timeline/apply."));
  const { applyEvent } = await import(script.name);
  applyEvent(document.getElementById("timeline"), event, true);
}"""


def open_room(screens: Screens, person: Person, room: int, **options: Any) -> Page:
    page = screens.open(person, room_path(room), **options)
    await_live(page)
    return page


def test_words_from_right_to_left_run_so_and_code_in_them_does_not(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ada.say(room, "שלום עולם\n\nEnglish below\n\n```\nprint(1)\n```")
    page = open_room(screens, cast.ben, room)
    said = row(page, "שלום")
    assert said.locator(".prose").evaluate(DIRECTION)[0] == "rtl"
    assert said.locator(".prose > p").last.evaluate(DIRECTION)[1] == "plaintext"
    assert said.locator("pre").evaluate(DIRECTION)[0] == "ltr"
    composer(page).fill("مرحبا")
    assert composer(page).evaluate(DIRECTION)[0] == "rtl"


def test_arrow_up_does_not_change_a_message_that_is_being_deleted(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    page = open_room(screens, cast.ben, room)
    for text in ("the one before", "the one to go"):
        say(page, text)
        expect(row(page, text)).to_have_attribute("data-state", "sent")
    remove(page, "the one to go")
    composer(page).press("ArrowUp")
    expect(page.get_by_label("Change the message")).to_have_value("the one before")


def test_what_the_site_has_to_say_is_said_in_a_room_too(screens: Screens, cast: Cast) -> None:
    page = screens.open(cast.eve, "/mail/")
    # Saved, and gone before the page came that would have told.
    page.evaluate(SAVE)
    page.goto(room_path(cast.general))
    await_live(page)
    expect(page.locator("#toasts").get_by_text("Saved.")).to_be_visible()


def test_a_long_list_shows_the_open_room_and_that_something_waits_below(screens: Screens, cast: Cast) -> None:
    rooms = [cast.room(cast.dora, name=f"{number:02d} {uuid.uuid4().hex[:6]}") for number in range(30)]
    last = cast.room(cast.dora, name=f"zz {uuid.uuid4().hex[:6]}")
    page = open_room(screens, cast.dora, rooms[27])
    expect(page.locator(".room-link[aria-current]")).to_be_in_viewport()
    page.locator("#room-list").evaluate("list => list.scrollTop = 0")
    cast.ada.say(last, "far below")
    below = page.get_by_role("button", name="Unread below")
    below.click()
    expect(page.locator(f".room-link[data-room='{last}']")).to_be_in_viewport()
    expect(page.locator(f".room-link[data-room='{last}']")).to_be_focused()
    expect(below).to_be_hidden()


def test_the_faces_in_the_header_come_and_go_with_the_people(screens: Screens, cast: Cast) -> None:
    room = cast.room()
    page = open_room(screens, cast.ada, room)
    faces = page.locator("#room-header .people-stack .avatar")
    expect(faces).to_have_count(1)
    cast.settle(cast.ada, room, "add", person=cast.ben.id)
    expect(faces).to_have_count(2)
    cast.settle(cast.ada, room, "remove", person=cast.ben.id)
    expect(faces).to_have_count(1)


def test_the_message_that_has_the_keyboard_is_outlined(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ada.say(room, "here")
    page = open_room(screens, cast.ben, room)
    page.locator(".timeline-scroll").focus()
    page.keyboard.press("ArrowUp")
    expect(row(page, "here")).to_be_focused()
    expect(row(page, "here")).to_have_css("outline-style", "solid")


def test_enter_takes_the_emoji_that_is_found_first(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ada.say(room, "to the moon")
    page = open_room(screens, cast.ben, room)
    act(page, "to the moon", "Another reaction")
    page.get_by_label("Find an emoji").fill("rocket")
    page.keyboard.press("Enter")
    expect(row(page, "to the moon").get_by_role("button", name="🚀 1")).to_be_visible()
    expect(page.locator("#emoji-popover")).to_be_hidden()


def test_where_everyone_is_already_one_is_offered_to_invite_more(screens: Screens, cast: Cast) -> None:
    founder = Person(cast.place.running.port, f"Founder{uuid.uuid4().hex[:6]}")
    founder.sign_up()
    founder.post("/workspaces/new/", name="Alone")
    page = screens.open(founder, "/")
    page.get_by_role("main").get_by_role("link", name="Invite people").click()
    expect(page.get_by_role("dialog").get_by_label("By mail")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Details of this room").click()
    expect(page.locator("#panel").get_by_role("link", name="Invite people")).to_be_visible()


def test_a_long_name_does_not_make_the_empty_box_tall(screens: Screens, cast: Cast) -> None:
    plain = open_room(screens, cast.ben, cast.room(cast.ben), viewport=PHONE)
    room = cast.room(cast.ben, name=f"{uuid.uuid4().hex[:6]} {'W' * 70}")
    page = open_room(screens, cast.ben, room, viewport=PHONE)
    heights = [each.locator("#composer-input").evaluate("box => box.clientHeight") for each in (plain, page)]
    assert heights[0] == heights[1]


def test_a_guest_is_not_offered_what_guests_may_not(screens: Screens, cast: Cast) -> None:
    page = screens.open(cast.cleo, f"/w/{SLUG}/rooms/")
    expect(page.get_by_role("heading", name="Browse rooms")).to_be_visible()
    expect(page.get_by_role("link", name="Make a room")).to_have_count(0)


def test_a_tap_shows_the_whole_toolbar_also_under_a_day_line(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ada.say(room, "first of the day")
    page = open_room(screens, cast.ben, room, viewport=PHONE, has_touch=True, is_mobile=True)
    # As where the day before is loaded as well: another day's line stands right before the message.
    page.evaluate("document.querySelector('.message').before(document.querySelector('.day-line').cloneNode(true))")
    row(page, "first of the day").tap()
    bar = page.get_by_role("toolbar", name="Message actions")
    heights = [each.evaluate("one => one.offsetHeight") for each in (bar, bar.get_by_role("button").first)]
    assert heights[0] >= heights[1]


def test_whoever_is_put_out_of_the_workspace_is_told_so_and_shown_a_way_on(screens: Screens, cast: Cast) -> None:
    screens.forgive("status of 404")
    person = Person(cast.place.running.port, f"Gone{uuid.uuid4().hex[:6]}")
    person.sign_up()
    person.post(cast.invitation(role="member"))
    page = open_room(screens, person, cast.general)
    number = page.locator("body").get_attribute("data-me")
    cast.ada.post(f"/w/{SLUG}/people/", do="remove", person=number)
    expect(page.locator("#room-list")).to_contain_text("You are no longer in Analytical Engines.")
    expect(page.locator(".room-link")).to_have_count(0)
    page.get_by_role("link", name="Go to another room").click()
    expect(page.get_by_text("You are not in a workspace yet.")).to_be_visible()


def test_a_direct_conversation_is_called_as_its_person_is_called_now(screens: Screens, cast: Cast) -> None:
    other = Person(cast.place.running.port, f"Other{uuid.uuid4().hex[:6]}")
    other.sign_up()
    other.post(cast.invitation(role="member"))
    number = cast.place.rows("SELECT id FROM accounts_user WHERE email = %s", other.email)[0]["id"]
    cast.ben.post(f"/w/{SLUG}/direct/", people=number)
    page = screens.open(cast.ben, f"/w/{SLUG}/people/")
    await_live(page)
    page.get_by_role("navigation").get_by_role("link", name=other.name).click()
    await_live(page)
    other.post("/account/profile/", name="Anders Jetzt", handle=other.handle, time_zone="Europe/Berlin")
    expect(page.locator(".room-link[aria-current]")).to_contain_text("Anders Jetzt")
    expect(page.locator("#room-header h1")).to_contain_text("Anders Jetzt")


def test_every_emoji_of_the_picker_can_be_a_reaction(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    seq = cast.ada.say(room, "react to me")
    cast.ada.react(room, seq, "👍")
    page = open_room(screens, cast.ben, room)
    for name, button in (("thumbs up", "👍 2"), ("hot beverage", "☕ 1")):
        act(page, "react to me", "Another reaction")
        page.get_by_label("Find an emoji").fill(name)
        page.keyboard.press("Enter")
        expect(row(page, "react to me").get_by_role("button", name=button, exact=True)).to_be_visible()
    shown = page.evaluate(EVERY_EMOJI)
    assert [each for each in shown if not emoji.is_emoji(each)] == []


def test_an_emoji_called_just_so_comes_first(screens: Screens, cast: Cast) -> None:
    page = open_room(screens, cast.ben, cast.room(cast.ben))
    composer(page).press_sequentially(":fire")
    expect(page.locator("#completion").get_by_role("option").first).to_contain_text("🔥")


def test_a_draft_that_one_tab_sends_is_gone_from_the_other(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    page = open_room(screens, cast.ben, room)
    other = page.context.new_page()
    other.goto(room_path(room))
    await_live(other)
    composer(page).fill("half a thought")
    expect(composer(other)).to_have_value("half a thought")
    composer(page).press("Enter")
    expect(composer(other)).to_have_value("")
    composer(other).fill("another one")
    expect(composer(page)).to_have_value("another one")


def test_on_a_phone_back_closes_the_panel_and_then_leaves_the_room(screens: Screens, cast: Cast) -> None:
    first, room = cast.room(cast.ben), cast.room(cast.ben)
    cast.ada.say(room, "between us")
    page = open_room(screens, cast.ben, first, viewport=PHONE)
    page.goto(room_path(room))
    await_live(page)
    panel = page.locator("#panel > *")
    open_panel(page, "pins")
    page.go_back()
    expect(panel).to_have_count(0)
    open_panel(page, "details")
    page.locator("#panel").get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/{room}/$"))
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/{first}/$"))


def test_beside_a_room_the_panel_is_no_step_to_go_back(screens: Screens, cast: Cast) -> None:
    first, room = cast.room(cast.ben), cast.room(cast.ben)
    page = open_room(screens, cast.ben, first)
    page.goto(room_path(room))
    await_live(page)
    open_panel(page, "details")
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/{first}/$"))


def test_people_are_completed_while_one_changes_a_message(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben, cast.dora)
    cast.ben.say(room, "with whom?")
    page = open_room(screens, cast.ben, room)
    act(page, "with whom?", "Edit")
    field = page.get_by_label("Change the message")
    field.press_sequentially(" @do")
    expect(page.locator(".edit").get_by_role("option")).to_contain_text(["Dora"])
    field.press("Escape")
    expect(page.locator(".edit").get_by_role("option")).to_have_count(0)
    field.press_sequentially("r")
    expect(page.locator(".edit").get_by_role("option")).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("with whom? @dora ")
    field.press("Enter")
    expect(row(page, "with whom? @dora").locator(".mention")).to_have_text("@dora")


def test_a_direct_conversation_tells_nobody_who_came_drawn_or_live(screens: Screens, cast: Cast) -> None:
    to = cast.ben.post(f"/w/{SLUG}/direct/", people=f"{cast.ada.id}").headers["Location"]
    direct = int(to.rstrip("/").rpartition("/")[2])
    for room, comings in ((direct, 0), (cast.room(cast.ben), 3)):
        page = open_room(screens, cast.ben, room)
        dora = {"id": cast.dora.id, "name": "Dora"}
        joined = {
            "type": "joined",
            "room": room,
            "seq": 1000,
            "at": "2026-11-24T09:00:00Z",
            "actor": dora,
            "person": dora,
        }
        page.evaluate(APPLY, joined)
        expect(page.locator("#timeline > [data-type='joined']")).to_have_count(comings)
        expect(page.locator("#timeline > [data-type='created']")).to_have_count(min(comings, 1))
