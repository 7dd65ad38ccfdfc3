"""One transaction's work on the log: the rooms it has locked, the events it numbers, the rows it will insert.

Only `rooms.log.append` makes a `Ledger`; drafts get a `Turn` of it each.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils import timezone

from accounts.cards import card
from accounts.models import User
from rooms import statements
from rooms.access import RoomAccess, grant
from rooms.codec import to_row
from rooms.deliveries import addressees
from rooms.errors import RoomNotFound
from rooms.events import Edited, Joined, Left, Posted, Removed, RoomEvent
from rooms.models import Membership, Message, Room, RoomMembership

#: What time it is. A command that tells a story of the past puts another clock here for its own process.
clock: Callable[[], datetime.datetime] = timezone.now


@dataclass(slots=True)
class Ledger:
    """The rooms of a batch, locked until the transaction ends."""

    rooms: dict[int, Room]
    memberships: dict[tuple[int, int], Membership]
    room_memberships: dict[tuple[int, int], RoomMembership]
    at: datetime.datetime
    #: Messages of these authors with the client ids of this batch: stored before, or in this batch.
    accepted: dict[tuple[int | None, UUID], Message] = field(default_factory=dict)
    events: list[RoomEvent] = field(default_factory=list)
    #: (room, user) of everyone who came in.
    arrivals: list[tuple[Room, User]] = field(default_factory=list)
    _messages: list[Message] = field(default_factory=list)
    _rows: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def open(cls, room_ids: Collection[int], user_ids: Collection[int], client_ids: Collection[UUID]) -> "Ledger":
        """Lock the rooms, and read what is to be known of them and of these people."""
        read = statements.lock_and_read(room_ids, user_ids, client_ids)
        return cls(
            rooms={room.pk: room for room in read.rooms},
            memberships={(each.workspace_id, each.user_id): each for each in read.memberships},
            room_memberships={(each.room_id, each.user_id): each for each in read.room_memberships},
            at=clock(),
            accepted={(message.author_id, message.client_id): message for message in read.accepted},
        )

    def add(self, row: models.Model) -> None:
        """Have the row inserted with its like, at the latest when the ledger closes."""
        if isinstance(row, Message):
            self._messages.append(row)
            self.accepted[row.author_id, row.client_id] = row
        else:
            self._rows[type(row)].append(row)

    def flush(self) -> None:
        """Insert what was added so far: before anything is looked up that this batch may have made."""
        messages, self._messages = self._messages, []
        if messages:
            [ids] = statements.send([statements.insert_messages(messages)])
            for message, (pk,) in zip(messages, ids, strict=True):
                message.pk = pk
        waiting, self._rows = self._rows, defaultdict(list)
        for model, rows in waiting.items():
            model._default_manager.bulk_create(rows)  # noqa: SLF001 — Django's documented way to any model.

    def blank(self, room_id: int, seqs: Collection[int]) -> None:
        """Take the text out of events of this batch, which are not in the table yet."""
        for index, event in enumerate(self.events):
            if event.room == room_id and event.seq in seqs and isinstance(event, Posted | Edited):
                self.events[index] = msgspec.structs.replace(event, text="", html="", deleted=True)

    def close(self) -> None:
        """Write the rows, the events and the new heads; where there are only messages, all in one trip."""
        if self._rows:
            # They may be about messages of this batch.
            self.flush()
        moved = sorted({event.room for event in self.events})
        statements.send(
            [
                statements.insert_messages(self._messages),
                statements.insert_events([to_row(event) for event in self.events]),
                statements.move_heads([self.rooms[pk] for pk in moved]),
                addressees.tell([each for each in self.events if isinstance(each, Posted)], self.rooms, self.at),
            ]
        )


@dataclass(slots=True)
class Turn:
    """One draft's turn at the ledger: the room is locked, and its next seq is this draft's to take."""

    ledger: Ledger
    room: Room
    user: User

    @property
    def access(self) -> RoomAccess:
        """The user's hold on the room, read under the lock.

        Raises:
            RoomNotFound: they may not see it.
        """
        membership = self.ledger.memberships.get((self.room.workspace_id, self.user.pk))
        return grant(self.room, membership, self.ledger.room_memberships.get((self.room.pk, self.user.pk)))

    def record(self, event: type[RoomEvent], **fields: Any) -> int:
        """Give the room its next event; its seq."""
        self.room.head += 1
        self.room.head_at = self.ledger.at
        actor = card(self.user) if self.user.pk else None
        made = event(room=self.room.pk, seq=self.room.head, at=self.ledger.at, actor=actor, **fields)
        self.ledger.events.append(made)
        return made.seq

    def bring(self, person: User) -> int | None:
        """Put a person into the room; None if they are in it. They start with everything so far read.

        Whoever calls it holds the workspace (`rooms.access.renewed`), lest the person be put out of that meanwhile.
        """
        membership, is_new = RoomMembership.objects.get_or_create(room=self.room, user=person)
        if not is_new:
            return None
        seq = self.record(Joined, person=card(person))
        RoomMembership.objects.filter(pk=membership.pk).update(position=seq)
        self.ledger.room_memberships[self.room.pk, person.pk] = membership
        self.ledger.arrivals.append((self.room, person))
        return seq

    def part(self, person: User, event: type[Left | Removed]) -> int | None:
        """Take a person out of the room; None if they are not in it. The event itself ends what they hear."""
        gone, _ = RoomMembership.objects.filter(room=self.room, user=person).delete()
        if not gone:
            return None
        self.ledger.room_memberships.pop((self.room.pk, person.pk), None)
        return self.record(event, person=card(person))


def room_of(ledger: Ledger, room_id: int) -> Room:
    """The locked room.

    Raises:
        RoomNotFound: there is none of that id.
    """
    room = ledger.rooms.get(room_id)
    if room is None:
        raise RoomNotFound
    return room
