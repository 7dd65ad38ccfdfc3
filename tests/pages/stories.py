"""For each kind of event, how people bring it about."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.events import (
    Archived,
    Created,
    Deleted,
    Edited,
    Expired,
    Joined,
    Left,
    Pinned,
    Posted,
    Reacted,
    Removed,
    Renamed,
    RoleChanged,
    RoomEvent,
    TopicChanged,
    Unarchived,
    Unpinned,
    Unreacted,
)
from tests.pages.people import Person
from tests.pages.places import SLUG, Cast


@dataclass
class Scene:
    """A room with a few words in it; Ada acts in it, and others look on."""

    cast: Cast
    room: int
    #: Seqs of a message of Ada's and of one of Ben's.
    ada_said: int
    ben_said: int
    #: Rooms besides it that the story changes.
    others: list[int] = field(default_factory=list)

    @property
    def ada(self) -> Person:
        return self.cast.ada

    def settle(self, do: str, /, **form: object) -> None:
        self.cast.settle(self.ada, self.room, do, **form)


Deed = Callable[[Scene], object]


@dataclass(frozen=True)
class Story:
    """What happens while people look, and what must have happened before they came."""

    told: Deed
    before: Deed = lambda scene: None
    #: It happens in the workspace's general room.
    in_general: bool = False
    #: The panel that is open meanwhile.
    panel: str = "details"


def several(*deeds: Deed) -> Deed:
    return lambda scene: [deed(scene) for deed in deeds]


def post(scene: Scene) -> None:
    """One after another, and one that names somebody."""
    scene.ada.say(scene.room, "One **bold** word, `code` and a list:\n\n- a\n- b")
    scene.ada.say(scene.room, "```python\nprint('two')\n```")
    scene.cast.ben.say(scene.room, "@ada and @dora: three <b>not bold</b> https://example.org/?a=1&b=2")
    scene.ada.say(scene.room, "@room four :tada:")


def make_room(scene: Scene) -> None:
    """A room whose people see it come into their lists."""
    scene.others.append(scene.cast.room(scene.cast.ben, scene.cast.dora))


def change_role(scene: Scene) -> None:
    for role in ("admin", "member"):
        scene.ada.post(f"/w/{SLUG}/people/", do="role", person=scene.cast.dan.id, role=role)


def react_with(emoji: str) -> Deed:
    return several(
        lambda scene: scene.ada.react(scene.room, scene.ada_said, emoji),
        lambda scene: scene.cast.ben.react(scene.room, scene.ada_said, emoji),
        lambda scene: scene.ada.react(scene.room, scene.ben_said, emoji),
    )


def unreact(scene: Scene) -> None:
    """One of two who did; the only one who did; one who stays alone with another emoji."""
    scene.ada.unreact(scene.room, scene.ada_said, "👍")
    scene.ada.unreact(scene.room, scene.ben_said, "👍")
    scene.cast.ben.unreact(scene.room, scene.ada_said, "❤️")


def delete(scene: Scene) -> None:
    """One's own with all that can hang on it, another's, and one that is the only news."""
    fresh = scene.cast.ben.say(scene.room, "@room news, and gone")
    scene.ada.delete(scene.room, scene.ada_said)
    scene.ada.delete(scene.room, scene.ben_said)
    scene.cast.ben.delete(scene.room, fresh)


def expire(scene: Scene) -> None:
    """All that was said before people came, as the site's own clock would have it deleted."""
    scene.cast.place.change(
        "UPDATE rooms_message SET at = at - interval '40 days' WHERE room_id = %s AND seq <= %s",
        scene.room,
        scene.ben_said,
    )
    scene.cast.place.change("UPDATE rooms_workspace SET keep_days = 30 WHERE slug = %s", SLUG)
    scene.cast.place.run("from rooms.tasks import expire_messages; expire_messages()")
    scene.cast.place.change("UPDATE rooms_workspace SET keep_days = NULL WHERE slug = %s", SLUG)


dress = several(
    react_with("👍"),
    lambda scene: scene.ada.pin(scene.room, scene.ada_said),
    lambda scene: scene.ada.reword(scene.room, scene.ada_said, "worded anew"),
)
add_dan: Deed = lambda scene: scene.settle("add", person=scene.cast.dan.id)  # noqa: E731
archive: Deed = lambda scene: scene.settle("archive")  # noqa: E731

STORIES: dict[type[RoomEvent], Story] = {
    Created: Story(make_room),
    Posted: Story(post),
    Edited: Story(
        several(
            lambda scene: scene.ada.reword(scene.room, scene.ada_said, "**anew** for @ben"),
            lambda scene: scene.cast.ben.reword(scene.room, scene.ben_said, "and\n\n> quoted"),
            lambda scene: scene.ada.reword(scene.room, scene.ada_said, "once more"),
        ),
        before=lambda scene: scene.ada.pin(scene.room, scene.ada_said),
        panel="pins",
    ),
    Deleted: Story(delete, before=dress, panel="pins"),
    Expired: Story(several(expire, lambda scene: scene.ada.say(scene.room, "and on")), before=dress, panel="pins"),
    Reacted: Story(several(react_with("👍"), react_with("❤️"))),
    Unreacted: Story(unreact, before=several(react_with("👍"), react_with("❤️"))),
    Pinned: Story(lambda scene: scene.ada.pin(scene.room, scene.ben_said), panel="pins"),
    Unpinned: Story(
        lambda scene: scene.cast.ben.unpin(scene.room, scene.ben_said),
        before=lambda scene: scene.ada.pin(scene.room, scene.ben_said),
        panel="pins",
    ),
    Renamed: Story(lambda scene: scene.settle("rename", name=f"renamed & <{scene.room}>")),
    TopicChanged: Story(
        several(
            lambda scene: scene.settle("topic", topic="Tea & <b>biscuits</b>"),
            lambda scene: scene.settle("topic", topic=""),
            lambda scene: scene.settle("topic", topic="Tea again"),
        )
    ),
    Joined: Story(several(add_dan, lambda scene: scene.cast.settle(scene.cast.eve, scene.room, "join"))),
    Left: Story(
        # One of those whose faces stand in the header goes, and the next who came takes the place.
        lambda scene: scene.cast.settle(scene.cast.dan, scene.room, "leave"),
        before=several(add_dan, lambda scene: scene.cast.settle(scene.cast.eve, scene.room, "join")),
    ),
    Removed: Story(
        lambda scene: scene.settle("remove", person=scene.cast.cleo.id),
        before=lambda scene: scene.settle("add", person=scene.cast.cleo.id),
    ),
    RoleChanged: Story(change_role, in_general=True),
    Archived: Story(archive),
    Unarchived: Story(lambda scene: scene.settle("unarchive"), before=archive),
}

#: Kinds of events that show in different places of a page, so that none can hide or mend what another left wrong:
#: a page is loaded six times for each of these, and not for each kind.
SITTINGS: list[list[type[RoomEvent]]] = [
    [Posted, Reacted, Unreacted],
    [Edited, Deleted, Pinned, Unpinned],
    [Unarchived, Renamed, TopicChanged, Joined],
    [Left, Removed, Archived],
    [Created, RoleChanged],
    [Expired],
]
