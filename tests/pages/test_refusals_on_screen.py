"""What a person can cause and must be told: in plain words, with a way on."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast, Place, room_path
from tests.pages.screens import CUT, Screens
from tests.pages.talking import composer, row, say

pytestmark = pytest.mark.page

#: What Chromium writes of an answer that says no.
REFUSED = r"status of 4\d\d"
LONG = "x" * 16_001


def test_an_empty_message_does_nothing(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    page = screens.open(cast.ben, room_path(room))
    say(page, "  \n ")
    expect(page.locator("#timeline > .message")).to_have_count(0)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    say(page, "not empty")
    expect(page.locator("#timeline > .message[data-seq]")).to_have_count(1)


def test_a_message_too_long_is_counted_and_not_sent(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    page = screens.open(cast.ben, room_path(room))
    composer(page).fill(LONG[:15_500])
    expect(page.locator(".composer__count")).to_have_text("500")
    composer(page).fill(LONG)
    expect(page.locator(".composer__count")).to_have_text("-1")
    composer(page).press("Enter")
    expect(page.get_by_text("That is too long: one character must go.")).to_be_visible()
    expect(composer(page)).to_have_value(LONG)


def test_the_sites_own_word_about_a_long_edit_shows(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ben.say(room, "short")
    page = screens.open(cast.ben, room_path(room))
    await_live(page)
    composer(page).press("ArrowUp")
    editor = page.get_by_label("Change the message")
    editor.evaluate("(input, text) => { input.value = text }", LONG)
    editor.press("Enter")
    expect(page.get_by_text("That is too long: a message may have 16,000 characters.")).to_be_visible()
    expect(editor).to_have_value(LONG)


def expect_no_way_in(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name="This invitation does not work")).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="Go home")).to_be_visible()


def test_an_invitation_that_is_over_says_why(screens: Screens, cast: Cast, place: Place) -> None:
    screens.forgive(REFUSED)
    page = screens.open(cast.mallory, "/join/nothing-such/")
    expect_no_way_in(page, "This invitation does not exist. Ask for a new link.")

    expired = cast.invitation(days=1)
    place.change("UPDATE rooms_invitation SET expires_at = now() WHERE token = %s", expired.split("/")[2])
    page.goto(expired)
    expect_no_way_in(page, "This invitation has expired. Ask for a new link.")

    revoked = cast.invitation()
    newest = place.rows("SELECT max(id) AS id FROM rooms_invitation")[0]["id"]
    cast.ada.post(f"/w/{SLUG}/people/", do="revoke", invitation=newest)
    page.goto(revoked)
    expect_no_way_in(page, "This invitation was withdrawn. Ask for a new link.")


def test_an_invitation_used_up_while_one_looks_at_it_says_so(screens: Screens, cast: Cast) -> None:
    screens.forgive(REFUSED)
    once = cast.invitation(max_uses=1)
    page = screens.open(cast.mallory, once)
    nina = Person(cast.place.running.port, "Nina")
    nina.sign_up()
    nina.post(once)
    page.get_by_role("button", name="Join as Mallory").click()
    expect_no_way_in(page, "This invitation has been used as often as it may be. Ask for a new link.")


def test_an_invitation_for_someone_else_says_whose_it_is_not(screens: Screens, cast: Cast) -> None:
    screens.forgive(REFUSED)
    page = screens.open(cast.mallory, cast.invitation(do="mail", emails="somebody@example.org"))
    page.get_by_role("button", name="Join as Mallory").click()
    expect_no_way_in(page, "This invitation was sent to another e-mail address. Sign in with that one.")


def test_a_room_that_one_may_not_see_looks_like_none(screens: Screens, cast: Cast) -> None:
    screens.forgive(REFUSED)
    secret = cast.room(kind="private")
    # What the site still had to say to Ben is said here.
    page = screens.open(cast.ben, "/mail/")
    page.goto(room_path(secret))
    hidden = page.get_by_role("main").inner_text()
    expect(page.get_by_role("link", name="Back to your rooms")).to_be_visible()
    page.goto(room_path(999_999))
    assert page.get_by_role("main").inner_text() == hidden


def test_an_archived_room_can_be_read_and_says_so(screens: Screens, cast: Cast) -> None:
    room = cast.room(cast.ben)
    cast.ada.say(room, "last words")
    cast.settle(cast.ada, room, "archive")
    page = screens.open(cast.ben, room_path(room))
    expect(row(page, "last words")).to_be_visible()
    expect(page.get_by_text("This room is archived. It can be read, and nothing can be added.")).to_be_visible()
    expect(composer(page)).to_have_count(0)


def test_a_refused_message_stays_and_can_be_tried_again_after_a_reload(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    room = cast.room(cast.ben)
    page = screens.open(cast.ben, room_path(room))
    await_live(page)
    page.context.set_offline(True)
    say(page, "came too late")
    cast.settle(cast.ada, room, "archive")
    page.context.set_offline(False)
    for _ in range(2):
        late = row(page, "came too late")
        expect(late).to_have_attribute("data-state", "failed")
        expect(late.get_by_text("This room is archived. Nothing can be added until")).to_be_visible()
        expect(late.get_by_role("button", name="Delete")).to_be_visible()
        page.reload()
    cast.settle(cast.ada, room, "unarchive")
    row(page, "came too late").get_by_role("button", name="Try again").click()
    expect(row(page, "came too late")).to_have_attribute("data-state", "sent")
    expect(row(page, "came too late")).to_have_attribute("data-seq", re.compile(r"\d+"))


def test_each_tab_is_told_of_its_own_refused_message_whichever_sent_it(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    room = cast.room(cast.ben)
    context = screens.of(cast.ben)
    tabs = {text: context.new_page() for text in ("from here", "from there")}
    for tab in tabs.values():
        tab.goto(room_path(room))
        await_live(tab)
    context.set_offline(True)
    for text, tab in tabs.items():
        say(tab, text)
        expect(row(tab, text)).to_have_attribute("data-state", "sending")
    cast.settle(cast.ada, room, "archive")
    context.set_offline(False)
    for text, tab in tabs.items():
        expect(row(tab, text)).to_have_attribute("data-state", "failed")
        expect(row(tab, text).get_by_role("button", name="Delete")).to_be_visible()


def test_a_browser_that_keeps_nothing_sends_all_the_same_and_says_so(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    room = cast.room(cast.ben)
    context = screens.of(cast.ben)
    page = context.new_page()
    page.goto(room_path(room))
    await_live(page)
    # Chromium takes what is put into a store over its quota, and undoes it all in the end.
    quota = {"origin": screens.tabs.url, "quotaSize": 1}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    say(page, "kept nowhere")
    expect(row(page, "kept nowhere")).to_have_attribute("data-state", "sent")
    expect(page.get_by_text("This browser’s storage is full.")).to_be_visible()
    context.set_offline(True)
    for text in ("first in the dark", "second in the dark"):
        say(page, text)
        expect(row(page, text)).to_have_attribute("data-state", "sending")
    composer(page).fill("typed meanwhile")
    context.set_offline(False)
    expect(row(page, "second in the dark")).to_have_attribute("data-state", "sent")
    expect(composer(page)).to_have_value("typed meanwhile")
    expect(page.locator("#timeline > .message")).to_contain_text(["nowhere", "first", "second"])


def test_someone_signed_out_elsewhere_is_told_and_led_to_sign_in(screens: Screens, cast: Cast) -> None:
    there = Person(cast.place.running.port, "Ben")
    there.sign_in()
    path = room_path(cast.room(cast.ben))
    page = screens.open(there, path)
    await_live(page)
    cast.ben.post("/account/sessions/end-others/")
    expect(page.get_by_text("You have been signed out. Sign in again to go on.")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(there.email)
    page.get_by_label("Password").fill("three plain words")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(path))
    await_live(page)
