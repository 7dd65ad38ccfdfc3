"""Everything the server says on a socket that is not kept: a **signal** is true for the moment and has no seq."""

from datetime import datetime
from uuid import UUID

import msgspec

from accounts.cards import Person
from rooms.events import RoomId


class Signal(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all signals share: a type."""


class Typing(Signal, frozen=True, kw_only=True, tag="typing"):
    """Somebody is typing; true for 5 s unless said again. One's own comes too, to all one's sockets: pass it over."""

    room: RoomId
    #: Who is typing.
    person: Person


class ReadTo(Signal, frozen=True, kw_only=True, tag="read_to"):
    """Somebody has read a room up to a seq. One's own comes too, for one's other tabs.

    It can come more than once, and late: what counts is the furthest.
    """

    room: RoomId
    #: Who has read.
    person: Person
    #: Seq of the last event they have read.
    position: int


class Reader(msgspec.Struct, frozen=True):
    """Somebody in a room."""

    #: Who it is.
    person: Person
    #: Seq of the last event they have read.
    position: int


class Readers(Signal, frozen=True, kw_only=True, tag="readers"):
    """What `readers` asks for: who is in a room and how far each has read, yourself too.

    From there on `read_to`, `joined` (whoever comes has read all up to there), `left` and `removed` keep it true. Where
    one of the latter three comes between asking and this answer, ask again: it may not be in it.
    """

    room: RoomId
    #: In the order in which they came into the room; none in a room of more than 100 people.
    readers: tuple[Reader, ...]


class Presence(Signal, frozen=True, kw_only=True, tag="presence"):
    """People of a workspace who came or went, by id; for a guest, of those that `online` of the welcome is about."""

    #: The workspace's id.
    workspace: int
    #: Ids of those who came.
    online: tuple[int, ...] = ()
    #: Ids of those who went.
    offline: tuple[int, ...] = ()


class PersonChanged(Signal, frozen=True, kw_only=True, tag="person_changed"):
    """Somebody has another name, avatar or status."""

    #: As they are shown from now on.
    person: Person


class WorkspaceRenamed(Signal, frozen=True, kw_only=True, tag="workspace_renamed"):
    """A workspace you are in has another name; its address stays."""

    #: The workspace's id.
    workspace: int
    #: The new name.
    name: str


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a room stands for the person who is told."""

    room: RoomId
    #: Id of the workspace the room belongs to.
    workspace: int
    #: Seq of the room's newest event.
    head: int
    #: Seq of the last event this person has read.
    position: int
    #: Messages of others after `position` that are not deleted.
    unread: int
    #: Those of them that name this person or the whole room; in a direct conversation, all of them.
    mentions: int
    #: A direct conversation: by this a client can go on counting mentions from the events.
    direct: bool


class RoomAdded(Signal, frozen=True, kw_only=True, tag="room_added"):
    """You are in this room now and will hear its events from `head` on.

    Where you are a guest, the socket then closes with 4100: a new hello brings the room's events and people.
    """

    #: Where the room stands.
    state: RoomState


class RoomRemoved(Signal, frozen=True, kw_only=True, tag="room_removed"):
    """You are no longer in this room and hear nothing more of it.

    As a rule your own `left` or `removed` event comes just before. The order of the two is not promised, so take
    either as the end. Either may be late, when you have come back: what is no newer than the `head` with which you were
    last let in (by the welcome or by `room_added`) ends nothing. Hold this `head` against it, or the event's `seq`.
    """

    room: RoomId
    #: The room's head as of which you are not in it.
    head: int


class Reload(Signal, frozen=True, kw_only=True, tag="reload"):
    """Load the room anew: what you missed is too much, is not kept, or never was. You hear it from `head` on."""

    room: RoomId
    #: Seq of the room's newest event: where the live events go on.
    head: int


class Welcome(Signal, frozen=True, kw_only=True, tag="welcome"):
    """The answer to hello. What you missed follows, then `caught_up`."""

    #: Who is signed in.
    you: Person
    #: The server's time (UTC); send it as `since` in your next hello.
    at: datetime
    #: Seconds between the pings the server expects; after three without one it closes the socket.
    heartbeat: int
    #: Names this life of the site's data; send it in your next hello. Where it is another than before, the data were
    #: restored from a backup: drop all that you hold of them, but not what you have not yet sent.
    epoch: UUID
    #: Every room you are in.
    rooms: tuple[RoomState, ...]
    #: Every workspace you are in: its id → its name.
    workspaces: dict[int, str]
    #: By workspace id, the ids of the people online. Where you are a guest: only yourself and those you share a room
    #: with at the time of this hello.
    online: dict[int, tuple[int, ...]]
    #: People you share a workspace with whose name, avatar or status changed since the `since` of your hello.
    changed: tuple[Person, ...] = ()


class Heads(Signal, frozen=True, kw_only=True, tag="heads"):
    """How far rooms have got. All up to there was sent on this socket: where you have less, `fetch` what follows."""

    #: Room id → seq of its newest event.
    heads: dict[int, int]


class CaughtUp(Signal, frozen=True, kw_only=True, tag="caught_up"):
    """You have been sent all that you missed; from here on it is live."""


class Goodbye(Signal, frozen=True, kw_only=True, tag="goodbye"):
    """This node is going. Come back after `delay` seconds; each socket is told another delay.

    Do not count on it: a node that is killed says nothing, and its sockets just end (1006).
    """

    #: Seconds to wait before connecting again.
    delay: float


AnySignal = (
    Typing
    | ReadTo
    | Readers
    | Presence
    | PersonChanged
    | WorkspaceRenamed
    | RoomAdded
    | RoomRemoved
    | Reload
    | Welcome
    | Heads
    | CaughtUp
    | Goodbye
)
