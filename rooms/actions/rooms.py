"""Making rooms, changing them, coming and going."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from rooms.access import RoomAccess, seen_people
from rooms.errors import NameInvalid, NameTaken, NotAllowed, PersonNotFound, RoomArchived
from rooms.events import Archived, Created, Left, Removed, Renamed, TopicChanged, Unarchived
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Membership, Room, Workspace

#: People of a direct conversation, oneself among them; more than that want a private room.
MOST_IN_DIRECT = 9
MAX_NAME = 80
MAX_TOPIC = 250


@dataclass(slots=True, kw_only=True)
class OpenRoom(Draft):
    """The first page of a new room's log: made by someone, with people in it."""

    people: Collection[User]

    def write(self, turn: Turn) -> int | None:
        """Record the making, then everyone's coming."""
        seq = turn.record(Created)
        for person in (self.user, *(person for person in self.people if person != self.user)):
            turn.bring(person)
        return seq


@dataclass(slots=True, kw_only=True)
class RenameRoom(Draft):
    """Give the room another name."""

    name: str

    def write(self, turn: Turn) -> int | None:
        """Store the name, if it is another."""
        room = turn.access.managed().writable().room
        if room.name == self.name:
            return None
        if _is_taken(room.workspace, self.name, besides=room):
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
        if _is_taken(room.workspace, room.name, besides=room):
            raise NameTaken("Another room has this name now. Rename that one first.")
        Room.objects.filter(pk=room.pk).update(archived_at=None)
        return turn.record(Unarchived)


@dataclass(slots=True, kw_only=True)
class JoinRoom(Draft):
    """Come into a public room."""

    def write(self, turn: Turn) -> int | None:
        """Come in, unless one is in it."""
        room = turn.access.room
        if room.archived_at is not None:
            raise RoomArchived
        return turn.bring(self.user)


@dataclass(slots=True, kw_only=True)
class LeaveRoom(Draft):
    """Go out of a room."""

    def write(self, turn: Turn) -> int | None:
        """Go, except from the general room and from direct conversations, which have no way back in."""
        access = turn.access.joined()
        if access.room.is_direct or (access.room.pk == access.workspace.general_id and not access.membership.is_guest):
            raise NotAllowed("Nobody leaves this room without leaving the workspace.")
        return turn.part(self.user, Left)


@dataclass(slots=True, kw_only=True)
class AddPeople(Draft):
    """Bring people of the workspace in."""

    people: Sequence[User]

    def write(self, turn: Turn) -> int | None:
        """Bring in those who are not there yet; the seq of the last one's coming."""
        access = turn.access.writable()
        if access.membership.is_guest or access.room.is_direct:
            raise NotAllowed
        if len(seen_people(access.membership, [person.pk for person in self.people])) != len(set(self.people)):
            raise PersonNotFound
        return max((seq for person in self.people if (seq := turn.bring(person))), default=None)


@dataclass(slots=True, kw_only=True)
class RemovePerson(Draft):
    """Put somebody out."""

    person: User

    def write(self, turn: Turn) -> int | None:
        """Put them out, if they are in. Members stay in the general room."""
        access = turn.access.managed()
        theirs = Membership.objects.filter(workspace=access.workspace, user=self.person).first()
        if access.room.pk == access.workspace.general_id and theirs is not None and not theirs.is_guest:
            raise NotAllowed("Members stay in the general room. Remove them from the workspace instead.")
        return turn.part(self.person, Removed)


def create_room(*, by: Membership, name: str, kind: str, topic: str = "", people: Collection[User] = ()) -> Room:
    """Make a public or private room with its maker and these people in it.

    Raises:
        NotAllowed: guests make no rooms.
        NameInvalid, NameTaken, PersonNotFound: refused.
    """
    if by.is_guest or kind not in {Room.Kind.PUBLIC, Room.Kind.PRIVATE}:
        raise NotAllowed
    name = clean_name(name)
    members = seen_people(by, [person.pk for person in people])
    if _is_taken(by.workspace, name):
        raise NameTaken
    try:
        with transaction.atomic():
            room = Room.objects.create(
                workspace=by.workspace, kind=kind, name=name, topic=topic.strip()[:MAX_TOPIC], created_by=by.user
            )
            append_one(OpenRoom(room_id=room.pk, user=by.user, people=members))
    except IntegrityError as race:
        raise NameTaken from race
    room.refresh_from_db()
    return room


def open_direct(*, by: Membership, people: Collection[User]) -> Room:
    """The direct conversation of exactly these people and oneself; made when they first talk.

    Raises:
        PersonNotFound: one of them is nobody this person sees here.
        NotAllowed: too many people.
    """
    everyone = {by.user, *seen_people(by, [person.pk for person in people])}
    if len(everyone) > MOST_IN_DIRECT:
        raise NotAllowed(f"A direct conversation has at most {MOST_IN_DIRECT} people. Make a private room instead.")
    ids = ",".join(str(pk) for pk in sorted(person.pk for person in everyone))
    key = hashlib.sha256(ids.encode()).hexdigest()
    known = Room.objects.filter(workspace=by.workspace, people_key=key).first()
    return known or _make_direct(by, everyone, key)


def _make_direct(by: Membership, everyone: Collection[User], key: str) -> Room:
    try:
        with transaction.atomic():
            room = Room.objects.create(
                workspace=by.workspace, kind=Room.Kind.DIRECT, people_key=key, created_by=by.user
            )
            append_one(OpenRoom(room_id=room.pk, user=by.user, people=sorted(everyone, key=lambda each: each.pk)))
    except IntegrityError:
        # Both wrote to each other at the same moment; the other one's room stands.
        return Room.objects.get(workspace=by.workspace, people_key=key)
    room.refresh_from_db()
    return room


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


def join_room(*, access: RoomAccess) -> int | None:
    """Come into a public room; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(JoinRoom(room_id=access.room.pk, user=access.user))


def leave_room(*, access: RoomAccess) -> int | None:
    """Go out of a room; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(LeaveRoom(room_id=access.room.pk, user=access.user))


def add_people(*, access: RoomAccess, people: Sequence[User]) -> int | None:
    """Bring people in; the seq of the last event, None if all were there.

    Raises:
        CodedError: refused.
    """
    return append_one(AddPeople(room_id=access.room.pk, user=access.user, people=people))


def remove_person(*, access: RoomAccess, user: User) -> int | None:
    """Put somebody out; the seq of the event, None if they were not there.

    Raises:
        CodedError: refused.
    """
    return append_one(RemovePerson(room_id=access.room.pk, user=access.user, person=user))


def clean_name(name: str) -> str:
    """A name as it is stored: one line, 1 to 80 characters.

    Raises:
        NameInvalid: nothing is left, or it is too long.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise NameInvalid
    return name


def clean_topic(topic: str) -> str:
    """A topic as it is stored: one line, at most 250 characters; may be empty.

    Raises:
        NameInvalid: too long, or it contains what cannot be shown.
    """
    topic = " ".join(topic.split())
    if len(topic) > MAX_TOPIC or not topic.isprintable():
        raise NameInvalid(f"A topic has at most {MAX_TOPIC} characters.")
    return topic


def _is_taken(workspace: Workspace, name: str, besides: Room | None = None) -> bool:
    rooms = Room.objects.filter(workspace=workspace, name__iexact=name, archived_at=None)
    if besides is not None:
        rooms = rooms.exclude(pk=besides.pk)
    return rooms.exclude(kind=Room.Kind.DIRECT).exists()
