"""Everything the server says on a socket that is kept: an **event** is an entry of a room's log.

Its `seq` counts 1, 2, 3… within the room, without gaps; `at` is when it was committed (UTC). A message is named by its
room and the seq of its `posted` event.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from accounts.cards import Person

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


class Expired(RoomEvent, frozen=True, kw_only=True, tag="expired"):
    """The oldest messages of the room are gone for good, as the workspace has it; no tombstones stay.

    All that hung on them goes with them, pins too. The log is kept from the message after them on. The actor is null.
    """

    #: Every message up to this seq is gone. What happened besides messages is still told.
    through: int


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
    | Expired
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
