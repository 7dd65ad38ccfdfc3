"""Everything the server says on a socket: events of the log, signals that are not kept, replies.

An **event** is an entry of a room's log. Its `seq` counts 1, 2, 3… within the room, without gaps; `at` is
when it was committed (UTC). A **signal** is true for the moment, has no seq and is not kept. A message is
named by its room and the seq of its `posted` event.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from accounts.cards import Person
from collab.live.replies import Error, Ok

RoomId = Annotated[int, msgspec.Meta(description="The room's id.")]
MessageSeq = Annotated[int, msgspec.Meta(description="The message: seq of its `posted` event.")]
Emoji = Annotated[str, msgspec.Meta(description="One emoji: the character itself.")]
Markdown = Annotated[
    str,
    msgspec.Meta(
        description="Markdown, as typed but for line ends (all `\\n`) and white space at its ends; empty once deleted."
    ),
]
Html = Annotated[
    str,
    msgspec.Meta(description="The text rendered and sanitised: safe to put on a page as it is. Empty once deleted."),
]
MentionedPeople = Annotated[
    tuple[int, ...], msgspec.Meta(description="Ids of the people the message names by @handle.")
]


class RoomEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all events share."""

    room: RoomId
    #: The event's place in its room's log: 1, 2, 3…
    seq: int
    #: When it was written (UTC). For showing; order comes from seq alone.
    at: datetime
    #: Who did it; null once that account is gone.
    actor: Person | None


class Created(RoomEvent, frozen=True, kw_only=True, tag="created"):
    """The room was made: always its first event."""


class Posted(RoomEvent, frozen=True, kw_only=True, tag="posted"):
    """Somebody said something. Once deleted, later readers get it without its words, its mentions as they were."""

    #: The sender's id for it, in lower case with hyphens: how their client finds the message it shows as "sending".
    client_id: UUID
    text: Markdown
    html: Html
    mentions: MentionedPeople = ()
    #: It names the whole room (@room).
    mentions_room: bool = False
    #: It was deleted since: text and html are empty; show the tombstone.
    deleted: bool = False


class Edited(RoomEvent, frozen=True, kw_only=True, tag="edited"):
    """A message says something else now. An edit mentions nobody anew."""

    message: MessageSeq
    text: Markdown
    html: Html
    #: The message was deleted since: text and html are empty; there is nothing to show.
    deleted: bool = False


class Deleted(RoomEvent, frozen=True, kw_only=True, tag="deleted"):
    """A message is gone; a tombstone stays. Carries what unread counts need to know of it.

    Reactions, pin and earlier wordings of the message go with it: no `unreacted` or `unpinned` follows. The log keeps
    the `reacted` and `pinned` of before, and whoever reads it later gets them: on a tombstone they change nothing.
    """

    message: MessageSeq
    #: Id of the person who had written it; null once that account is gone.
    author: int | None
    mentions: MentionedPeople = ()
    #: It named the whole room.
    mentions_room: bool = False


class Reacted(RoomEvent, frozen=True, kw_only=True, tag="reacted"):
    """Somebody put an emoji on a message."""

    message: MessageSeq
    emoji: Emoji


class Unreacted(RoomEvent, frozen=True, kw_only=True, tag="unreacted"):
    """Somebody took their emoji back."""

    message: MessageSeq
    emoji: Emoji


class Pinned(RoomEvent, frozen=True, kw_only=True, tag="pinned"):
    """A message is kept at hand."""

    message: MessageSeq


class Unpinned(RoomEvent, frozen=True, kw_only=True, tag="unpinned"):
    """A message is no longer kept at hand."""

    message: MessageSeq


class Renamed(RoomEvent, frozen=True, kw_only=True, tag="renamed"):
    """The room has another name."""

    #: The new name.
    name: str


class TopicChanged(RoomEvent, frozen=True, kw_only=True, tag="topic_changed"):
    """The room has another topic; it may be empty."""

    #: The new topic.
    topic: str


class Joined(RoomEvent, frozen=True, kw_only=True, tag="joined"):
    """A person is in the room now; the actor is whoever brought them in, often themselves."""

    #: Who is in now.
    person: Person


class Left(RoomEvent, frozen=True, kw_only=True, tag="left"):
    """A person went."""

    #: Who went.
    person: Person


class Removed(RoomEvent, frozen=True, kw_only=True, tag="removed"):
    """A person was put out; the actor is whoever did it."""

    #: Who was put out.
    person: Person


class RoleChanged(RoomEvent, frozen=True, kw_only=True, tag="role_changed"):
    """A person has another role in the workspace. Stands in the log of the general room."""

    #: Whose role it is.
    person: Person
    #: The new role: owner, admin, member or guest.
    role: str


class Archived(RoomEvent, frozen=True, kw_only=True, tag="archived"):
    """The room is closed: it can be read, not changed."""


class Unarchived(RoomEvent, frozen=True, kw_only=True, tag="unarchived"):
    """The room is open again."""


AnyEvent = (
    Created
    | Posted
    | Edited
    | Deleted
    | Reacted
    | Unreacted
    | Pinned
    | Unpinned
    | Renamed
    | TopicChanged
    | Joined
    | Left
    | Removed
    | RoleChanged
    | Archived
    | Unarchived
)


class Signal(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all signals share: a type."""


class Typing(Signal, frozen=True, kw_only=True, tag="typing"):
    """Somebody is typing; true for 5 s unless said again. One's own comes too, to all one's sockets: pass it over."""

    room: RoomId
    #: Who is typing.
    person: Person


class ReadTo(Signal, frozen=True, kw_only=True, tag="read_to"):
    """Somebody has read a room up to a seq. One's own comes too, for one's other tabs."""

    room: RoomId
    #: Who has read.
    person: Person
    #: Seq of the last event they have read.
    position: int


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
    either as the end.
    """

    room: RoomId


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
    #: Every room you are in.
    rooms: tuple[RoomState, ...]
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
    Typing | ReadTo | Presence | PersonChanged | RoomAdded | RoomRemoved | Reload | Welcome | Heads | CaughtUp | Goodbye
)
AnyReply = Ok | Error
