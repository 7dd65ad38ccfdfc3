"""Two people in two browsers sign up, meet and talk; at the end both screens show what the database holds.

The tests are the chapters of one conversation, in order.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live
from tests.pages.screens import CUT
from tests.pages.talking import (
    Talk,
    act,
    bring_in,
    composer,
    make_link,
    make_room,
    make_workspace,
    remove,
    row,
    say,
    sign_up,
)
from tests.pages.timelines import await_stored

pytestmark = pytest.mark.page


def test_they_sign_up_and_one_invites_the_other_by_link(grace: Page, alan: Page) -> None:
    grace.goto("/account/signup/")
    sign_up(grace, "Grace Hopper")
    make_workspace(grace, "Compilers")
    await_live(grace)
    alan.goto(make_link(grace, "Compilers"))
    expect(alan.get_by_role("heading")).to_have_text("Join Compilers")
    alan.get_by_role("link", name="Sign up and join").click()
    sign_up(alan, "Alan Turing")
    alan.get_by_role("button", name="Join as Alan Turing").click()
    await_live(alan)
    expect(grace.locator(".notice").last).to_contain_text("Alan Turing joined")


def test_each_sees_that_the_other_is_there_and_types(grace: Page, alan: Page, talk: Talk) -> None:
    for page in (grace, alan):
        page.get_by_role("link", name="Details of this room").click()
        expect(page.locator("#panel .presence.is-online")).to_have_count(2)
    composer(alan).press_sequentially("Mo")
    expect(grace.locator(".typing")).to_have_text(re.compile("Alan Turing is typing"))
    say(alan, "Morning")
    expect(row(grace, "Morning")).to_be_visible()
    expect(grace.locator(".typing")).to_be_hidden()
    for page in (grace, alan):
        page.keyboard.press("Escape")


def test_markdown_and_code_show_on_the_others_screen(grace: Page, alan: Page) -> None:
    say(grace, "A **bold** word and [a link](https://example.org/)")
    expect(row(alan, "bold").locator("strong")).to_have_text("bold")
    expect(row(alan, "a link").locator("a[href='https://example.org/']")).to_be_visible()
    say(grace, "```python\nprint('hello')\n```")
    expect(row(alan, "print").locator("pre")).to_contain_text("print('hello')")


def test_a_mention_completes_and_stands_out(grace: Page, alan: Page) -> None:
    composer(grace).press_sequentially("look, @al")
    expect(grace.get_by_role("option", name="Alan Turing")).to_be_visible()
    composer(grace).press("Enter")
    expect(composer(grace)).to_have_value("look, @alan-turing ")
    composer(grace).press("Enter")
    expect(row(alan, "look,")).to_have_class(re.compile("mentions-me"))
    expect(row(alan, "look,").locator(".mention")).to_have_text("@alan-turing")


def test_emoji_come_by_picker_and_by_name(grace: Page, alan: Page) -> None:
    composer(alan).press_sequentially("party :tad")
    expect(alan.get_by_role("option", name=":tada:")).to_be_visible()
    composer(alan).press("Enter")
    alan.locator("#composer").get_by_role("button", name="Emoji").click()
    alan.get_by_label("Find an emoji").fill("rocket")
    alan.locator("[data-pick='🚀']").click()
    alan.keyboard.press("Escape")
    composer(alan).press("Enter")
    expect(row(grace, "party")).to_contain_text("party 🎉 🚀")
    say(alan, "and :sparkles: by name")
    expect(row(grace, "by name")).to_contain_text("and ✨ by name")


def test_reactions_count_and_can_be_taken_back(grace: Page, alan: Page) -> None:
    act(grace, "party", "React with thumbs up")
    thumbs = row(alan, "party").locator(".reaction", has_text="👍")
    expect(thumbs).to_contain_text("1")
    thumbs.get_by_role("button").click()
    expect(row(grace, "party").locator(".reaction", has_text="👍")).to_contain_text("2")
    thumbs.get_by_role("button").click()
    expect(row(grace, "party").locator(".reaction", has_text="👍")).to_contain_text("1")


def test_arrow_up_edits_ones_last_message(grace: Page, alan: Page) -> None:
    say(grace, "a slip of the pne")
    expect(row(alan, "pne")).to_be_visible()
    composer(grace).press("ArrowUp")
    editor = grace.get_by_label("Change the message")
    expect(editor).to_have_value("a slip of the pne")
    editor.fill("a slip of the *pen*")
    editor.press("Enter")
    expect(row(alan, "pen").locator("em")).to_have_text("pen")
    expect(row(alan, "pen").get_by_role("button", name="edited")).to_be_visible()


def test_a_deletion_can_be_undone_for_a_moment(grace: Page, alan: Page) -> None:
    say(grace, "better not")
    expect(row(alan, "better not")).to_be_visible()
    remove(grace, "better not")
    expect(row(grace, "better not")).to_be_hidden()
    grace.get_by_role("button", name="Undo").click()
    expect(row(grace, "better not")).to_be_visible()
    remove(grace, "better not")
    grace.get_by_role("button", name="Dismiss").click()
    expect(row(alan, "This message was deleted.")).to_be_visible()
    expect(row(alan, "better not")).to_have_count(0)


def test_a_pin_shows_to_both(grace: Page, alan: Page) -> None:
    act(alan, "party", "Pin")
    expect(row(grace, "party").locator("[data-slot='pin']")).to_be_visible()
    grace.get_by_role("link", name="Pinned messages").click()
    expect(grace.locator("#panel .found__item")).to_contain_text("party")
    grace.keyboard.press("Escape")


def test_what_is_said_in_another_room_is_counted(grace: Page, alan: Page) -> None:
    make_room(grace, "tea")
    await_live(grace)
    bring_in(grace, "Alan Turing (@alan-turing)")
    link = alan.get_by_role("link", name="tea")
    expect(link).to_be_visible()
    say(grace, "kettle's on")
    say(grace, "milk, @alan-turing?")
    expect(link).to_have_attribute("data-unread", "2")
    expect(link.locator(".badge")).to_have_text("1")
    grace.get_by_role("link", name="general").click()
    await_live(grace)


def test_words_written_offline_wait_and_then_go(grace: Page, alan: Page, talk: Talk) -> None:
    talk.screens.forgive(CUT)
    alan.context.set_offline(True)
    say(alan, "from the tunnel")
    expect(row(alan, "from the tunnel")).to_have_attribute("data-state", "sending")
    expect(row(alan, "from the tunnel").get_by_text("Sending…")).to_be_visible()
    say(grace, "are you there?")
    expect(alan.get_by_text("The connection is lost.")).to_be_visible()
    alan.context.set_offline(False)
    expect(row(grace, "from the tunnel")).to_be_visible()
    expect(row(alan, "from the tunnel")).to_have_attribute("data-state", "sent")
    expect(alan.get_by_text("Connected again.")).to_be_visible()
    expect(row(alan, "are you there?")).to_be_visible()


def test_what_is_said_while_daphne_is_killed_arrives(grace: Page, alan: Page, talk: Talk) -> None:
    talk.screens.forgive(CUT)
    talk.place.kill_web()
    for number in range(3):
        say(grace, f"grace in the dark {number}")
        say(alan, f"alan in the dark {number}")
    expect(row(grace, "grace in the dark 2")).to_have_attribute("data-state", "sending")
    for page, other in ((grace, "alan"), (alan, "grace")):
        for number in range(3):
            dark = page.locator("#timeline > .message[data-seq]", has_text=f"{other} in the dark {number}")
            expect(dark).to_have_count(1)


def test_a_reload_while_messages_wait_loses_none(talk: Talk) -> None:
    alan = talk.alan
    alan.route_web_socket("**/ws/", lambda socket: socket.close())
    alan.reload()
    say(alan, "kept over a reload")
    expect(row(alan, "kept over a reload")).to_have_attribute("data-state", "sending")
    alan.reload()
    expect(row(alan, "kept over a reload")).to_have_attribute("data-state", "sending")
    talk.revive_alan()
    expect(row(talk.grace, "kept over a reload")).to_be_visible()
    expect(row(talk.alan, "kept over a reload")).to_have_attribute("data-state", "sent")


def test_both_screens_show_what_the_database_holds(talk: Talk) -> None:
    for page in talk.both():
        assert len(await_stored(page, talk.place, talk.room)) > 20
    for page in talk.both():
        page.reload()
        await_stored(page, talk.place, talk.room)
