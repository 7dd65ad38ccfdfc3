"""A room as a page has it: its newest messages and what hangs on them, made from the room's events in their order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bench.faults.frames import State
from bench.operations.count import RoomCount
from bench.operations.told import Told

#: Messages that a page keeps of a room; what happens to older ones it does not show.
WINDOW = 500


@dataclass(slots=True)
class Message:
    """A message. `marks` are (emoji, person) in the order in which they came."""

    author: int
    client_id: str
    text: str
    edited: bool = False
    deleted: bool = False
    pinned: bool = False
    mentions: tuple[int, ...] = ()
    mentions_room: bool = False
    marks: list[tuple[str, int]] = field(default_factory=list)

    def blank(self) -> None:
        """Leave a tombstone, on which nothing hangs."""
        self.text, self.deleted, self.pinned = "", True, False
        self.marks.clear()


class LiveRoom:
    """One.

    Args:
        state: where it stands, of the welcome or of `room_added`.
        me: id of whose page it is.
    """

    def __init__(self, state: State, me: int, name: str | None = None, topic: str | None = None) -> None:
        self.room, self.me = state.room, me
        self.count = RoomCount(state, me)
        #: What ends it up to this head is late: one was let in after that.
        self.since = state.head
        #: None: nobody has told yet.
        self.name, self.topic = name, topic
        #: By seq, in order; all messages after `base`, and none up to it.
        self.messages: dict[int, Message] = {}
        self.base = state.head
        #: By person, whether the events left them in the room; nothing of whoever neither came nor went.
        self.came: dict[int, bool] = {}
        #: By person, how far they were heard to have read.
        self.seen: dict[int, int] = {}
        #: One's own going was heard, and no coming back since.
        self.is_parted = False
        #: Events that wait until the page is loaded; None: it is.
        self.waiting: list[Told] | None = None

    def stands(self, state: State) -> None:
        """The server counted anew: its word replaces what was counted here."""
        self.count = RoomCount(state, self.me)
        self.let_in(state)
        self.is_parted = False

    def let_in(self, state: State) -> None:
        """One is in it as of that head, whatever is known of it already."""
        self.since = max(self.since, state.head)

    def apply(self, event: Told) -> None:
        """An event, in its order."""
        self.count.apply(event)
        if self.waiting is not None:
            self.waiting.append(event)
        elif (handle := HANDLERS.get(event.type)) is not None:
            handle(self, event)

    def load(self, head: int) -> None:
        """The page is loaded anew; what happens after `head` waits for it."""
        self.messages.clear()
        self.came.clear()
        self.base, self.waiting, self.name, self.topic = head, [], None, None

    def loaded(self, messages: Iterable[tuple[int, Message]]) -> None:
        """These are the newest messages, of some moment after `load`: what waits may be in them already."""
        waiting, self.waiting = self.waiting or [], None
        for seq, message in messages:
            # `posted` of what is newer still comes, and finds it there.
            self.base = min(self.base, seq - 1)
            self.messages[seq] = message
        for event in waiting:
            self.apply(event)

    def has_read(self, person: int, position: int) -> None:
        """Somebody has read up to here."""
        if person == self.me:
            self.count.read_to(position)
        else:
            self.seen[person] = max(position, self.seen.get(person, 0))

    def posted(self, event: Told) -> None:
        """A message; one that is there says what it says already, or something newer."""
        assert event.seq is not None
        if event.seq not in self.messages:
            message = Message(event.by, event.client_id, event.text, deleted=event.deleted)
            message.mentions, message.mentions_room = event.mentions, event.mentions_room
            self.messages[event.seq] = message
            if len(self.messages) > WINDOW:
                self.base = next(iter(self.messages))
                del self.messages[self.base]

    def edited(self, event: Told) -> None:
        """Other words."""
        message = self.messages.get(event.about)
        if message is not None and not message.deleted and not event.deleted:
            message.text, message.edited = event.text, True

    def deleted(self, event: Told) -> None:
        """A tombstone."""
        message = self.messages.get(event.about)
        if message is not None:
            message.blank()

    def reacted(self, event: Told) -> None:
        """An emoji more. One that a loaded page has already was put there now or later: it stands behind all before."""
        message = self.messages.get(event.about)
        mark = event.emoji, event.by
        if message is not None and not message.deleted:
            message.marks = [*(each for each in message.marks if each != mark), mark]

    def unreacted(self, event: Told) -> None:
        """An emoji less."""
        message = self.messages.get(event.about)
        if message is not None and (event.emoji, event.by) in message.marks:
            message.marks.remove((event.emoji, event.by))

    def pinned(self, event: Told) -> None:
        """Kept at hand."""
        message = self.messages.get(event.about)
        if message is not None:
            message.pinned = not message.deleted

    def unpinned(self, event: Told) -> None:
        """No longer kept."""
        message = self.messages.get(event.about)
        if message is not None:
            message.pinned = False

    def renamed(self, event: Told) -> None:
        """Another name."""
        self.name = event.name

    def topic_changed(self, event: Told) -> None:
        """About something else."""
        self.topic = event.topic

    def joined(self, event: Told) -> None:
        """Somebody is here."""
        self.came[event.whom] = True
        self.is_parted = self.is_parted and event.whom != self.me

    def parted(self, event: Told) -> None:
        """Somebody is here no longer."""
        self.came[event.whom] = False
        self.seen.pop(event.whom, None)
        self.is_parted = self.is_parted or event.whom == self.me


HANDLERS: dict[str, Callable[[LiveRoom, Told], None]] = {
    "posted": LiveRoom.posted,
    "edited": LiveRoom.edited,
    "deleted": LiveRoom.deleted,
    "reacted": LiveRoom.reacted,
    "unreacted": LiveRoom.unreacted,
    "pinned": LiveRoom.pinned,
    "unpinned": LiveRoom.unpinned,
    "renamed": LiveRoom.renamed,
    "topic_changed": LiveRoom.topic_changed,
    "joined": LiveRoom.joined,
    "left": LiveRoom.parted,
    "removed": LiveRoom.parted,
}
