"""Changing what a room is called and about, closing it and opening it again."""

from dataclasses import dataclass

from rooms.access import RoomAccess
from rooms.actions.room_names import clean_name, clean_topic, is_taken
from rooms.errors import NameTaken, NotAllowed
from rooms.events import Archived, Renamed, TopicChanged, Unarchived
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Room


@dataclass(slots=True, kw_only=True)
class RenameRoom(Draft):
    """Give the room another name."""

    name: str

    def write(self, turn: Turn) -> int | None:
        """Store the name, if it is another."""
        room = turn.access.managed().writable().room
        if room.name == self.name:
            return None
        if is_taken(room.workspace, self.name, besides=room):
            raise NameTaken
        Room.objects.filter(pk=room.pk).update(name=self.name)
        return turn.record(Renamed, name=self.name)


@dataclass(slots=True, kw_only=True)
class ChangeTopic(Draft):
    """Say what the room is about."""

    topic: str

    def write(self, turn: Turn) -> int | None:
        """Store the topic, if it is another. Everyone but guests may."""
        access = turn.access.writable()
        if access.membership.is_guest or access.room.is_direct:
            raise NotAllowed
        if access.room.topic == self.topic:
            return None
        Room.objects.filter(pk=access.room.pk).update(topic=self.topic)
        return turn.record(TopicChanged, topic=self.topic)


@dataclass(slots=True, kw_only=True)
class ArchiveRoom(Draft):
    """Close the room: it can be read, not changed."""

    def write(self, turn: Turn) -> int | None:
        """Close it, unless it is closed. The general room stays open."""
        room = turn.access.managed().room
        if room.pk == room.workspace.general_id:
            raise NotAllowed("The general room cannot be archived.")
        if room.archived_at is not None:
            return None
        Room.objects.filter(pk=room.pk).update(archived_at=turn.ledger.at)
        return turn.record(Archived)


@dataclass(slots=True, kw_only=True)
class UnarchiveRoom(Draft):
    """Open the room again."""

    def write(self, turn: Turn) -> int | None:
        """Open it, unless it is open or an open room has its name now."""
        room = turn.access.managed().room
        if room.archived_at is None:
            return None
        if is_taken(room.workspace, room.name, besides=room):
            raise NameTaken("Another room has this name now. Rename that one first.")
        Room.objects.filter(pk=room.pk).update(archived_at=None)
        return turn.record(Unarchived)


def rename_room(*, access: RoomAccess, name: str) -> int | None:
    """Give a room another name; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(RenameRoom(room_id=access.room.pk, user=access.user, name=clean_name(name)))


def change_topic(*, access: RoomAccess, topic: str) -> int | None:
    """Say what a room is about; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(ChangeTopic(room_id=access.room.pk, user=access.user, topic=clean_topic(topic)))


def archive_room(*, access: RoomAccess) -> int | None:
    """Close a room; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(ArchiveRoom(room_id=access.room.pk, user=access.user))


def unarchive_room(*, access: RoomAccess) -> int | None:
    """Open a room again; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(UnarchiveRoom(room_id=access.room.pk, user=access.user))
