"""Everything a client may say on a socket. Unknown commands and unknown fields are refused."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class BaseCommand(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What all commands share."""

    #: Any number of the client's; the reply carries it back.
    id: Id


class Hello(BaseCommand, frozen=True, kw_only=True, tag="hello", forbid_unknown_fields=True):
    """The first command of every socket: how far the client got, room by room.

    A room left out starts at its head: nothing of it is sent again.
    """

    #: Room id → seq of the last event the client shows.
    positions: dict[int, Seq] = {}
    #: `at` of the last welcome or ok of a ping: people who changed since are told anew.
    since: datetime | None = None


class Post(BaseCommand, frozen=True, kw_only=True, tag="post", forbid_unknown_fields=True):
    """Say something. Sent again with the same client id it is accepted once and answered alike."""

    room: Id
    client_id: UUID
    text: str


class Edit(BaseCommand, frozen=True, kw_only=True, tag="edit", forbid_unknown_fields=True):
    """Change what one's own message says."""

    room: Id
    message: Seq
    text: str


class Delete(BaseCommand, frozen=True, kw_only=True, tag="delete", forbid_unknown_fields=True):
    """Delete one's own message; owners and admins may delete anyone's."""

    room: Id
    message: Seq


class React(BaseCommand, frozen=True, kw_only=True, tag="react", forbid_unknown_fields=True):
    """Put an emoji on a message. Already there: ok, without a seq."""

    room: Id
    message: Seq
    emoji: str


class Unreact(BaseCommand, frozen=True, kw_only=True, tag="unreact", forbid_unknown_fields=True):
    """Take one's emoji back. Not there: ok, without a seq."""

    room: Id
    message: Seq
    emoji: str


class Pin(BaseCommand, frozen=True, kw_only=True, tag="pin", forbid_unknown_fields=True):
    """Keep a message at hand for everyone in the room."""

    room: Id
    message: Seq


class Unpin(BaseCommand, frozen=True, kw_only=True, tag="unpin", forbid_unknown_fields=True):
    """Take a pin away."""

    room: Id
    message: Seq


class Read(BaseCommand, frozen=True, kw_only=True, tag="read", forbid_unknown_fields=True):
    """One has read a room up to a seq. Positions only go forward; an older one is answered ok."""

    room: Id
    position: Seq


class Type(BaseCommand, frozen=True, kw_only=True, tag="typing", forbid_unknown_fields=True):
    """One is typing; say it again every 3 s while it lasts."""

    room: Id


class Fetch(BaseCommand, frozen=True, kw_only=True, tag="fetch", forbid_unknown_fields=True):
    """Send a room's events after a seq again: for a client that finds a gap."""

    room: Id
    after: Seq


class Ping(BaseCommand, frozen=True, kw_only=True, tag="ping", forbid_unknown_fields=True):
    """The heartbeat: keeps the socket open and one's presence online."""


AnyCommand = Hello | Post | Edit | Delete | React | Unreact | Pin | Unpin | Read | Type | Fetch | Ping
