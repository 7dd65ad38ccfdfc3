"""Old state and events give what a reload gives, also for whom it is about, for a guest, and between two."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.looks import await_live, await_position, await_same
from tests.pages.panels import open_panel
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast, room_path
from tests.pages.screens import CUT, Screens
from tests.pages.stories import (
    STORIES,
    Scene,
    add_dan,
    archive,
    delete,
    dress,
    post,
    react_with,
    unreact,
)

pytestmark = pytest.mark.page

#: What is said in the place of the composer until one loads the page anew.
NO_LONGER = "You are no longer in this room."


def come(screens: Screens, person: Person, room: int, panel: str = "details") -> Page:
    """Somebody opens a room and a panel beside it, and has it live."""
    page = screens.open(person, room_path(room))
    await_live(page)
    open_panel(page, panel)
    return page


def compare(
    screens: Screens, person: Person, live: Page, room: int, panel: str = "details", but: tuple[str, ...] = ()
) -> None:
    """Somebody's page shows what it would show if it were loaded now."""
    anew = come(screens, person, room, panel)
    await_same(live, anew, person.name, but)
    screens.release(anew)


def give_role(cast: Cast, person: Person, role: str) -> None:
    cast.ada.post(f"/w/{SLUG}/people/", do="role", person=person.id, role=role)


def await_head(page: Page, room: int, head: int) -> None:
    expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-head", str(head))


def begin(cast: Cast, *people: Person) -> Scene:
    """A room in which two have talked, and everybody has read it."""
    room = cast.room(cast.ben, *people)
    scene = Scene(cast, room, cast.ada.say(room, "first @ben"), cast.ben.say(room, "second"))
    for person in (cast.ada, cast.ben, *people):
        person.api("PUT", f"rooms/{room}/position/", position=cast.ada.head(room))
    return scene


def test_a_guest_sees_all_that_happens(screens: Screens, cast: Cast) -> None:
    scene = begin(cast, cast.cleo)
    page = come(screens, cast.cleo, scene.room)
    post(scene)
    dress(scene)
    react_with("❤️")(scene)
    unreact(scene)
    for kind in ("Edited", "TopicChanged", "Renamed", "Joined"):
        next(story for event, story in STORIES.items() if event.__name__ == kind).told(scene)
    scene.cast.settle(cast.eve, scene.room, "leave")
    scene.settle("remove", person=cast.dan.id)
    delete(scene)
    scene.ada.say(scene.room, "the newest")
    archive(scene)
    await_head(page, scene.room, cast.ada.head(scene.room))
    await_position(page, scene.room, cast.ada.head(scene.room))
    expect(page.locator("#room-foot > .bar")).to_be_visible()
    compare(screens, cast.cleo, page, scene.room)


def test_two_see_the_same_of_their_conversation(screens: Screens, cast: Cast) -> None:
    to = cast.eve.post(f"/w/{SLUG}/direct/", people=cast.dora.id).headers["Location"]
    room = int(to.rstrip("/").rpartition("/")[2])
    scene = Scene(cast, room, cast.eve.say(room, "first"), cast.dora.say(room, "second"))
    for person in (cast.eve, cast.dora):
        person.api("PUT", f"rooms/{room}/position/", position=cast.eve.head(room))
    pages = [(person, come(screens, person, room, "pins")) for person in (cast.eve, cast.dora)]
    third = cast.eve.say(room, "third **bold**")
    cast.dora.react(room, third, "👍")
    cast.dora.pin(room, third)
    cast.dora.pin(room, scene.ada_said)
    cast.eve.reword(room, scene.ada_said, "first, anew")
    cast.dora.unpin(room, scene.ada_said)
    cast.dora.delete(room, scene.ben_said)
    cast.dora.say(room, "the newest")
    for person, page in pages:
        await_head(page, room, cast.eve.head(room))
        await_position(page, room, cast.eve.head(room))
        compare(screens, person, page, room, "pins")


def test_whoever_is_added_while_they_look_has_the_room_as_if_they_had_come_later(screens: Screens, cast: Cast) -> None:
    scene = begin(cast)
    page = come(screens, cast.dan, scene.room)
    expect(page.locator("#composer-input")).to_have_count(0)
    add_dan(scene)
    expect(page.locator("#composer-input")).to_be_visible()
    await_live(page)
    open_panel(page, "details")
    compare(screens, cast.dan, page, scene.room)


def test_whoever_is_added_while_they_are_away_has_the_room_when_they_are_back(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    scene = begin(cast)
    page = come(screens, cast.dan, scene.room)
    page.context.set_offline(True)
    add_dan(scene)
    page.context.set_offline(False)
    expect(page.locator("#composer-input")).to_be_visible()
    await_live(page)
    open_panel(page, "details")
    compare(screens, cast.dan, page, scene.room)


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_whoever_leaves_elsewhere_or_is_removed_sees_what_there_is_but_the_foot(
    screens: Screens, cast: Cast, how: str
) -> None:
    scene = begin(cast, cast.dan, cast.dora, cast.eve)
    page = come(screens, cast.dan, scene.room)
    if how == "leave":
        cast.settle(cast.dan, scene.room, "leave")
    else:
        scene.settle("remove", person=cast.dan.id)
    expect(page.locator("#room-foot")).to_contain_text(NO_LONGER)
    expect(page.locator(f".room-link[data-room='{scene.room}']")).to_have_count(0)
    compare(screens, cast.dan, page, scene.room, but=("foot", "composer"))


def test_whoever_has_another_role_sees_who_gave_it_and_what_they_may_now(screens: Screens, cast: Cast) -> None:
    scene = begin(cast, cast.dan)
    archive(scene)
    cast.dan.api("PUT", f"rooms/{cast.general}/position/", position=cast.dan.head(cast.general))
    pages = {room: come(screens, cast.dan, room) for room in (cast.general, cast.room(cast.dan), scene.room)}
    for role in ("admin", "member"):
        give_role(cast, cast.dan, role)
        for room, page in pages.items():
            await_head(page, cast.general, cast.ada.head(cast.general))
            await_live(page)
            compare(screens, cast.dan, page, room)


def test_a_guest_who_becomes_a_member_is_offered_what_members_are(screens: Screens, cast: Cast) -> None:
    gus = Person(cast.place.running.port, "Gus")
    gus.sign_up()
    gus.id = cast.place.rows("SELECT id FROM accounts_user WHERE email = %s", gus.email)[0]["id"]
    gus.post(cast.invitation(role="guest"))
    scene = begin(cast)
    scene.settle("add", person=gus.id)
    page = come(screens, gus, scene.room)
    give_role(cast, gus, "member")
    await_head(page, cast.general, cast.ada.head(cast.general))
    await_live(page)
    compare(screens, gus, page, scene.room)
    give_role(cast, gus, "guest")
    expect(page.locator(f".room-link[data-room='{cast.general}']")).to_have_count(0)
    await_live(page)
    compare(screens, gus, page, scene.room)


def test_who_has_read_while_one_was_away_is_told_when_one_is_back(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    scene = begin(cast, cast.dora)
    seq = cast.ada.say(scene.room, "who has read it?")
    page = come(screens, cast.ada, scene.room)
    expect(page.locator("#seen li")).to_have_count(0)
    page.context.set_offline(True)
    for person in (cast.dora, cast.ben):
        person.api("PUT", f"rooms/{scene.room}/position/", position=seq)
    page.context.set_offline(False)
    await_live(page)
    expect(page.locator("#seen li")).to_have_text(["BBen", "DDora"])
    compare(screens, cast.ada, page, scene.room)


def test_a_workspace_is_called_what_it_is_called_now(screens: Screens, cast: Cast) -> None:
    screens.forgive(CUT)
    room = cast.room(cast.ben, cast.cleo, cast.dora)
    pages = [(person, come(screens, person, room)) for person in (cast.ben, cast.cleo, cast.dora)]
    away = pages[-1][1].context
    away.set_offline(True)
    cast.ada.post(f"/w/{SLUG}/settings/", do="rename", name="Difference & <Engines>")
    away.set_offline(False)
    for person, page in pages:
        expect(page.locator(".workspace-button")).to_contain_text("Difference & <Engines>")
        await_live(page)
        compare(screens, person, page, room)
    cast.ada.post(f"/w/{SLUG}/settings/", do="rename", name="Analytical Engines")
    expect(pages[0][1]).to_have_title(re.compile("Analytical Engines"))


def test_what_could_not_be_drawn_anew_is_as_soon_as_the_server_answers_again(screens: Screens, cast: Cast) -> None:
    screens.forgive(f"ERR_FAILED|{CUT}")
    scene = begin(cast, cast.dan)
    page = come(screens, cast.dan, scene.room)
    way = f"**{room_path(scene.room)}"
    page.route(way, lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: request.url.endswith(room_path(scene.room))):
        archive(scene)
    expect(page.locator("#composer-input")).to_be_visible()
    page.unroute(way)
    page.context.set_offline(True)
    expect(page.locator("#connection")).not_to_have_attribute("data-state", "live")
    page.context.set_offline(False)
    expect(page.locator("#room-foot > .bar")).to_be_visible()
    expect(page.locator("#composer-input")).to_have_count(0)
