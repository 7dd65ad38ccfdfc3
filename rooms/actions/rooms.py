"""Making rooms."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from rooms.access import renewed, seen_people
from rooms.actions.room_names import clean_name, clean_topic, is_taken
from rooms.errors import NameTaken, NotAllowed
from rooms.events import Created
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Membership, Room

#: People of a direct conversation, oneself among them; more than that want a private room.
MOST_IN_DIRECT = 9


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
class Reunite(Draft):
    """Bring the people of a direct conversation back who left the workspace and have come into it again."""

    people: Collection[User]

    def write(self, turn: Turn) -> int | None:
        """Bring in whoever is not there; the seq of the last one's coming."""
        return max((seq for person in self.people if (seq := turn.bring(person))), default=None)


def create_room(*, by: Membership, name: str, kind: str, topic: str = "", people: Collection[User] = ()) -> Room:
    """Make a public or private room with its maker and these people in it.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        NotAllowed: guests make no rooms.
        NameInvalid, NameTaken, PersonNotFound: refused.
    """
    if kind not in {Room.Kind.PUBLIC, Room.Kind.PRIVATE}:
        raise NotAllowed
    name, topic = clean_name(name), clean_topic(topic)
    try:
        with transaction.atomic():
            by = renewed(by)
            if by.is_guest:
                raise NotAllowed
            members = seen_people(by, [person.pk for person in people])
            if is_taken(by.workspace, name):
                raise NameTaken
            room = Room.objects.create(workspace=by.workspace, kind=kind, name=name, topic=topic, created_by=by.user)
            append_one(OpenRoom(room_id=room.pk, user=by.user, people=members))
    except IntegrityError as race:
        raise NameTaken from race
    room.refresh_from_db()
    return room


def open_direct(*, by: Membership, people: Collection[User]) -> Room:
    """The direct conversation of exactly these people and oneself; made when they first talk.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        PersonNotFound: one of them is nobody this person sees here.
        NotAllowed: too many people.
    """
    with transaction.atomic():
        by = renewed(by)
        everyone = {by.user, *seen_people(by, [person.pk for person in people])}
        if len(everyone) > MOST_IN_DIRECT:
            raise NotAllowed(f"A direct conversation has at most {MOST_IN_DIRECT} people. Make a private room instead.")
        ids = ",".join(str(pk) for pk in sorted(person.pk for person in everyone))
        key = hashlib.sha256(ids.encode()).hexdigest()
        # Two who write to each other at the same moment: the second of them finds the room of the first.
        room = Room.objects.filter(workspace=by.workspace, people_key=key).first()
        return _reunited(room, by, everyone) if room is not None else _make_direct(by, everyone, key)


def _reunited(room: Room, by: Membership, everyone: Collection[User]) -> Room:
    if room.people.count() < len(everyone):
        people = sorted(everyone, key=lambda each: each.pk)
        append_one(Reunite(room_id=room.pk, user=by.user, people=people))
        room.refresh_from_db()
    return room


def _make_direct(by: Membership, everyone: Collection[User], key: str) -> Room:
    room = Room.objects.create(workspace=by.workspace, kind=Room.Kind.DIRECT, people_key=key, created_by=by.user)
    append_one(OpenRoom(room_id=room.pk, user=by.user, people=sorted(everyone, key=lambda each: each.pk)))
    room.refresh_from_db()
    return room
