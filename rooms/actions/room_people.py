"""Coming into a room and going, oneself or others."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from rooms.access import RoomAccess, renewed, seen_people
from rooms.errors import NotAllowed, PersonNotFound, RoomArchived
from rooms.events import Left, Removed
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Membership


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


def join_room(*, access: RoomAccess) -> int | None:
    """Come into a public room; the seq of the event.

    Raises:
        CodedError: refused.
    """
    with transaction.atomic():
        return append_one(JoinRoom(room_id=access.room.pk, user=renewed(access.membership).user))


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
    with transaction.atomic():
        by = renewed(access.membership)
        return append_one(AddPeople(room_id=access.room.pk, user=by.user, people=people))


def remove_person(*, access: RoomAccess, user: User) -> int | None:
    """Put somebody out; the seq of the event, None if they were not there.

    Raises:
        CodedError: refused.
    """
    return append_one(RemovePerson(room_id=access.room.pk, user=access.user, person=user))
