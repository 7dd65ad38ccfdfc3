"""Everything a client may say on a socket. Unknown commands and unknown fields are refused."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

#: Ids and seqs go as far as JavaScript counts exactly.
LARGEST = 2**53

Id = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
RoomId = Annotated[int, msgspec.Meta(ge=0, le=LARGEST, description="The room's id.")]
MessageSeq = Annotated[int, msgspec.Meta(ge=0, le=LARGEST, description="The message: seq of its `posted` event.")]
Emoji = Annotated[str, msgspec.Meta(description="One emoji: the character itself, such as 👍.")]
Markdown = Annotated[
    str,
    msgspec.Meta(
        description=(
            "Markdown of 1 to 16,000 code points, counted without white space at its ends; not all of them invisible."
        )
    ),
]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class BaseCommand(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What all commands share."""

    #: Whether it is told that it was carried out.
    is_answered: ClassVar[bool] = True

    #: Any whole number of the client's, from 0; the reply carries it back.
    id: Id


class Hello(BaseCommand, frozen=True, kw_only=True, tag="hello", forbid_unknown_fields=True):
    """The first command of every socket: how far the client got, room by room.

    A room left out starts at its head: nothing of it is sent again.
    """

    #: Room id → seq of the last event the client has applied. One beyond the room's head is answered with `reload`.
    positions: dict[int, Seq] = {}
    #: `at` of the last welcome, with its time zone: people who changed since are told anew.
    since: Moment | None = None
    #: `epoch` of the last welcome. Where the server's is another, each room that is named is answered with `reload`.
    epoch: UUID | None = None


class Post(BaseCommand, frozen=True, kw_only=True, tag="post", forbid_unknown_fields=True):
    """Say something. Sent again with the same client id it is accepted once and answered alike."""

    room: RoomId
    #: Made by the client, a new one for each message and never used again by this person; a retry carries the same
    #: one. Any UUID, in either case, with hyphens or without; it comes back in lower case with hyphens, so compare
    #: UUIDs and not strings.
    client_id: UUID
    text: Markdown


class Edit(BaseCommand, frozen=True, kw_only=True, tag="edit", forbid_unknown_fields=True):
    """Change what one's own message says."""

    room: RoomId
    message: MessageSeq
    text: Markdown


class Delete(BaseCommand, frozen=True, kw_only=True, tag="delete", forbid_unknown_fields=True):
    """Delete a message: its author may, and whoever looks after the room.

    Those are, as far as they are in the room, owners and admins of the workspace and the person who made the room
    (unless they are a guest now). Nobody looks after a direct conversation. Anyone else gets `not_yours`. A message
    that is deleted already gets `message_not_found`: to a `delete` sent again, that is success.
    """

    room: RoomId
    message: MessageSeq


class React(BaseCommand, frozen=True, kw_only=True, tag="react", forbid_unknown_fields=True):
    """Put an emoji on a message. Already there: ok, without a seq."""

    room: RoomId
    message: MessageSeq
    emoji: Emoji


class Unreact(BaseCommand, frozen=True, kw_only=True, tag="unreact", forbid_unknown_fields=True):
    """Take one's emoji back. Not there: ok, without a seq."""

    room: RoomId
    message: MessageSeq
    emoji: Emoji


class Pin(BaseCommand, frozen=True, kw_only=True, tag="pin", forbid_unknown_fields=True):
    """Keep a message at hand for everyone in the room."""

    room: RoomId
    message: MessageSeq


class Unpin(BaseCommand, frozen=True, kw_only=True, tag="unpin", forbid_unknown_fields=True):
    """Take a pin away."""

    room: RoomId
    message: MessageSeq


class Read(BaseCommand, frozen=True, kw_only=True, tag="read", forbid_unknown_fields=True):
    """One has read a room up to a seq. Positions only go forward; an older one is answered ok."""

    room: RoomId
    #: Seq of the last event read.
    position: Seq


class AskReaders(BaseCommand, frozen=True, kw_only=True, tag="readers", forbid_unknown_fields=True):
    """Be told how far everyone in a room has read: `readers` comes, then `ok`.

    Positions are not kept in the log, and those told while you were away are not told again: ask after each
    `caught_up`, for the room you show.
    """

    room: RoomId


class Type(BaseCommand, frozen=True, kw_only=True, tag="typing", forbid_unknown_fields=True):
    """One is typing; say it again every 3 s while it lasts. Everyone in the room hears it, the sender too."""

    room: RoomId


class Fetch(BaseCommand, frozen=True, kw_only=True, tag="fetch", forbid_unknown_fields=True):
    """Send a room's events after a seq again: for a client that finds a gap.

    The events come first, then `ok`. Where more than 1,000 follow, one `reload` comes in their stead, then `ok`.
    Beyond the room's head there is nothing to send: `position_beyond_head`.
    """

    room: RoomId
    #: Seq of the last event the client has without a gap; it is sent those that follow.
    after: Seq


class Ping(BaseCommand, frozen=True, kw_only=True, tag="ping", forbid_unknown_fields=True):
    """The heartbeat: keeps the socket open and one's presence online, and lets either end find what went missing.

    Where the server's newest event of a room is another than yours, `heads` comes before `ok`.
    """

    #: Room id → seq of the last event the client has applied. A room left out is not compared.
    positions: dict[int, Seq] = {}


class Confirm(BaseCommand, frozen=True, kw_only=True, tag="confirm", forbid_unknown_fields=True):
    """Events were applied: what `ping` says, for the rooms in which something came, soon after it did.

    No `ok` comes: only `heads`, where the server's newest event of a room is a later one.
    """

    is_answered: ClassVar[bool] = False

    #: Room id → seq of the last event the client has applied.
    positions: dict[int, Seq]


AnyCommand = (
    Hello | Post | Edit | Delete | React | Unreact | Pin | Unpin | Read | AskReaders | Type | Fetch | Ping | Confirm
)
