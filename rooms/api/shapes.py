"""What the API shows, and what it takes."""

import datetime
from uuid import UUID

import msgspec
from rest_framework import serializers

from accounts.cards import Person, card
from rooms.api.views import LARGEST
from rooms.models import Membership, Message, Role, Room
from rooms.timeline import reactions_of


class WorkspaceShape(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace one is in."""

    id: int
    slug: str
    name: str
    role: str
    #: Id of its general room.
    general: int | None


class RoomShape(msgspec.Struct, frozen=True, kw_only=True):
    """A room one may see."""

    id: int
    workspace: int
    kind: str
    #: What it is called for whoever asks; a direct conversation is called by its people.
    name: str
    topic: str
    head: int
    archived: bool
    is_member: bool


class ReactionShape(msgspec.Struct, frozen=True, kw_only=True):
    """An emoji on a message, with the ids of its people."""

    emoji: str
    people: list[int]


class MessageShape(msgspec.Struct, frozen=True, kw_only=True):
    """A message. A deleted one has neither text nor html."""

    room: int
    seq: int
    author: Person | None
    client_id: UUID
    at: datetime.datetime
    text: str
    html: str
    edited_at: datetime.datetime | None
    deleted: bool
    pinned: bool
    reactions: list[ReactionShape]
    mentions: list[int]
    mentions_room: bool


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some messages in order of seq, and whether there are more before or after them."""

    messages: list[MessageShape]
    older: bool
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
    """A message read by `rooms.timeline.with_marks`, with its author."""
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


class RoomIn(serializers.Serializer[None]):
    """A room to make; its name is checked by the action."""

    name = serializers.CharField(max_length=1000)
    topic = serializers.CharField(max_length=250, default="", allow_blank=True)
    kind = serializers.ChoiceField([Room.Kind.PUBLIC, Room.Kind.PRIVATE], default=Room.Kind.PUBLIC)
    people = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=LARGEST), default=list)


class PostIn(serializers.Serializer[None]):
    """A message to post; its text is checked by the action."""

    client_id = serializers.UUIDField()
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


class EventCut(serializers.Serializer[None]):
    """Which events: after a seq; at most 500."""

    after = serializers.IntegerField(min_value=0, max_value=LARGEST, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=200)
