"""What the API shows, and what it takes."""

import datetime
from uuid import UUID

import msgspec
from rest_framework import serializers

from accounts.cards import Person, card
from rooms.commands import LARGEST
from rooms.models import Membership, Message, Role, Room
from rooms.rows import reactions_of


class WorkspaceShape(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace one is in."""

    #: The workspace's id.
    id: int
    #: Its name in addresses.
    slug: str
    #: What it is called.
    name: str
    #: One's role there: owner, admin, member or guest.
    role: str
    #: Id of its general room; null for guests.
    general: int | None


class RoomShape(msgspec.Struct, frozen=True, kw_only=True):
    """A room one may see."""

    #: The room's id.
    id: int
    #: Id of the workspace it belongs to.
    workspace: int
    #: Who may find it: public, private or direct.
    kind: str
    #: What it is called for whoever asks; a direct conversation is called by its people.
    name: str
    #: What it is about; may be empty.
    topic: str
    #: Seq of its newest event.
    head: int
    #: It can be read, not changed.
    archived: bool
    #: One is in it and hears it.
    is_member: bool


class ReactionShape(msgspec.Struct, frozen=True, kw_only=True):
    """An emoji on a message, with the ids of its people."""

    #: The character itself.
    emoji: str
    #: Ids of those who put it there, the first of them first.
    people: list[int]


class MessageShape(msgspec.Struct, frozen=True, kw_only=True):
    """A message. A deleted one has neither text nor html."""

    #: The room's id.
    room: int
    #: Seq of its `posted` event: its name within the room.
    seq: int
    #: Who wrote it; null once that account is gone.
    author: Person | None
    #: The sender's id for it.
    client_id: UUID
    #: When it was posted (UTC).
    at: datetime.datetime
    #: Markdown, as typed.
    text: str
    #: The text rendered and sanitised: safe to put on a page as it is.
    html: str
    #: When it was last edited; null: never.
    edited_at: datetime.datetime | None
    #: It was deleted: show the tombstone.
    deleted: bool
    #: It is kept at hand.
    pinned: bool
    #: What people put on it, in the order in which they first did.
    reactions: list[ReactionShape]
    #: Ids of the people it names by @handle.
    mentions: list[int]
    #: It names the whole room (@room).
    mentions_room: bool


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some messages in order of seq, and whether there are more before or after them."""

    #: In order of seq.
    messages: list[MessageShape]
    #: There are more before them.
    older: bool
    #: There are more after them.
    newer: bool


def workspace_shape(membership: Membership) -> WorkspaceShape:
    """A workspace as its member sees it."""
    workspace = membership.workspace
    return WorkspaceShape(
        id=workspace.pk,
        slug=workspace.slug,
        name=workspace.name,
        role=membership.role,
        general=workspace.general_id if membership.role != Role.GUEST else None,
    )


def room_shape(room: Room, name: str, *, is_member: bool) -> RoomShape:
    """A room as somebody sees it."""
    return RoomShape(
        id=room.pk,
        workspace=room.workspace_id,
        kind=room.kind,
        name=name,
        topic=room.topic,
        head=room.head,
        archived=room.archived_at is not None,
        is_member=is_member,
    )


def message_shape(message: Message) -> MessageShape:
    """A message read by `rooms.rows.with_marks`, with its author."""
    reactions = reactions_of(message)
    return MessageShape(
        room=message.room_id,
        seq=message.seq,
        author=card(message.author) if message.author else None,
        client_id=message.client_id,
        at=message.at,
        text=message.text,
        html=message.html,
        edited_at=message.edited_at,
        deleted=message.deleted_at is not None,
        pinned=hasattr(message, "pin"),
        reactions=[ReactionShape(emoji=emoji, people=[each.pk for each in people]) for emoji, people in reactions],
        mentions=[mention.user_id for mention in message.mentions.all()],
        mentions_room=message.mentions_room,
    )


class Words(serializers.Field[str, str, str, None]):
    """A string as it came: `rooms.text.clean` says what is wrong with it, in the words of the protocol."""

    default_error_messages = {"invalid": "Not a string."}

    def to_internal_value(self, data: object) -> str:
        """The string itself."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class ClientId(serializers.UUIDField):
    """A UUID as a string; DRF would take numbers for one, and true and false for numbers."""

    def to_internal_value(self, data: object) -> UUID:
        """The UUID."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class RoomIn(serializers.Serializer[None]):
    """A room to make; its name is checked by the action."""

    name = serializers.CharField(max_length=1000)
    topic = serializers.CharField(max_length=250, default="", allow_blank=True)
    kind = serializers.ChoiceField([Room.Kind.PUBLIC, Room.Kind.PRIVATE], default=Room.Kind.PUBLIC)
    people = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=LARGEST), default=list)


class PostIn(serializers.Serializer[None]):
    """A message to post; its text is checked by the action."""

    client_id = ClientId()
    text = Words()


class TextIn(serializers.Serializer[None]):
    """What a message is to say from now on."""

    text = Words()


class PositionIn(serializers.Serializer[None]):
    """How far one has read."""

    position = serializers.IntegerField(min_value=0, max_value=LARGEST)


class Cut(serializers.Serializer[None]):
    """Which messages: before a seq, after one, or the newest; at most 100."""

    before = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False)
    after = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)


class RoomCut(serializers.Serializer[None]):
    """Which rooms: after an id; at most 500."""

    after = serializers.IntegerField(min_value=0, max_value=LARGEST, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=200)


class EventCut(serializers.Serializer[None]):
    """Which events: after a seq; at most 500."""

    after = serializers.IntegerField(min_value=0, max_value=LARGEST, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=200)
