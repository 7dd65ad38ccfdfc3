"""Old state and events give what a reload gives: for every kind of event, on three screens at once.

Ada acts and sees her own doing; Ben's window is in the background; Dora was offline while it happened.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import get_args

import msgspec
import pytest
from playwright.sync_api import Page, expect

from rooms.events import AnyEvent, RoomEvent
from tests.pages.looks import await_live, await_position, await_same
from tests.pages.panels import open_panel
from tests.pages.places import Cast, room_path
from tests.pages.screens import CUT, Screens
from tests.pages.stories import SITTINGS, STORIES, Scene, Story
from tests.pages.tabs import Tabs

pytestmark = pytest.mark.page

ELSEWHERE = "document.hasFocus = () => false"


class Audience:
    """The three who look, each with one page that stays and one that comes anew."""

    def __init__(self, screens: Screens, cast: Cast) -> None:
        self.screens = screens
        people = (cast.ada, cast.ben, cast.dora)
        contexts = {person.name: screens.of(person) for person in people}
        contexts["Ben"].add_init_script(ELSEWHERE)
        self.live, self.anew = ({name: each.new_page() for name, each in contexts.items()} for _ in range(2))

    def come(self, room: int, panel: str) -> None:
        """All open the room and a panel beside it, and have it live."""
        self.load(self.live.values(), room, panel)

    def load(self, pages: Iterable[Page], room: int, panel: str) -> None:
        """Load the room into several pages at once."""
        for page in pages:
            page.evaluate("address => location.assign(address)", self.screens.tabs.url + room_path(room))
        for page in pages:
            expect(page.locator(f"#shell[data-room='{room}']")).to_be_attached()
            await_live(page)
            open_panel(page, panel)

    @contextmanager
    def without_dora(self) -> Iterator[None]:
        """She hears nothing meanwhile, and comes back."""
        away = self.live["Dora"].context
        away.set_offline(True)
        try:
            yield
        finally:
            away.set_offline(False)

    def await_heads(self, heads: dict[int, int]) -> None:
        """All that happened has reached everyone, and the site knows who has read it."""
        for name, page in self.live.items():
            for room, head in heads.items():
                expect(page.locator(f".room-link[data-room='{room}']")).to_have_attribute("data-head", str(head))
            if name != "Ben":
                room = next(iter(heads))
                await_position(page, room, heads[room])

    def compare(self, room: int, panel: str) -> None:
        """Each page shows what it would show if it were loaded now."""
        self.load(self.anew.values(), room, panel)
        for name, page in self.anew.items():
            await_same(self.live[name], page, name)


@pytest.fixture(scope="module")
def audience(tabs: Tabs, cast: Cast) -> Iterator[Audience]:
    screens = Screens(tabs)
    yield Audience(screens, cast)
    screens.close()


def begin(cast: Cast, kinds: list[type[RoomEvent]]) -> list[tuple[Story, Scene]]:
    """Two who talked in one room, for each kind of event, and whatever else must have been."""
    stories = [STORIES[kind] for kind in kinds]
    in_general = any(story.in_general for story in stories)
    room = cast.general if in_general else cast.room(cast.ben, cast.dora)
    scenes = [
        (story, Scene(cast, room, cast.ada.say(room, "first @ben"), cast.ben.say(room, "second"))) for story in stories
    ]
    for story, scene in scenes:
        story.before(scene)
    head = cast.ada.head(room)
    for person in (cast.ada, cast.ben, cast.dora):
        # The line "new" shows where one left off before one came: nobody did.
        person.api("PUT", f"rooms/{room}/position/", position=head)
    return scenes


def kinds_after(cast: Cast, places: dict[int, int]) -> set[type[RoomEvent]]:
    """What happened in rooms after a seq of each."""
    told = [cast.ada.api("GET", f"rooms/{room}/events/?after={seq}")["events"] for room, seq in places.items()]
    return {type(msgspec.convert(event, AnyEvent)) for events in told for event in events}


def test_every_kind_of_event_has_its_sitting() -> None:
    assert sorted(kind.__name__ for kinds in SITTINGS for kind in kinds) == sorted(
        kind.__name__ for kind in get_args(AnyEvent)
    )


@pytest.mark.parametrize("kinds", SITTINGS, ids=lambda kinds: "-".join(kind.__name__ for kind in kinds))
def test_what_is_heard_live_gives_what_a_reload_gives(
    kinds: list[type[RoomEvent]], audience: Audience, cast: Cast
) -> None:
    scenes = begin(cast, kinds)
    [room], [panel] = {scene.room for _, scene in scenes}, {story.panel for story, _ in scenes}
    start = cast.ada.head(room)
    audience.screens.forgive(CUT)
    audience.come(room, panel)
    with audience.without_dora():
        for story, scene in scenes:
            story.told(scene)
    rooms = [room, *(other for _, scene in scenes for other in scene.others)]
    assert set(kinds) <= kinds_after(cast, {each: start if each == room else 0 for each in rooms})
    audience.await_heads({each: cast.ada.head(each) for each in rooms})
    audience.compare(room, panel)
    audience.screens.check()
