"""The list of one's rooms beside every page, with what is unread in each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import User
from rooms.access import joined_rooms
from rooms.models import Membership, Room
from rooms.naming import name_for, others_in
from rooms.signals import RoomState
from rooms.unread import room_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A room one is in."""

    room: Room
    name: str
    state: RoomState
    #: Of a direct conversation: who else is in it.
    people: Sequence[User] = field(default_factory=list)

    @property
    def head(self) -> int:
        """Seq of the room's newest event."""
        return self.state.head

    @property
    def position(self) -> int:
        """Seq of the last event read."""
        return self.state.position

    @property
    def unread(self) -> int:
        """Messages of others since then."""
        return self.state.unread

    @property
    def mentions(self) -> int:
        """Those of them that name this person."""
        return self.state.mentions


@dataclass(frozen=True, slots=True)
class Sidebar:
    """Rooms by name; direct conversations, the liveliest first."""

    rooms: Sequence[Entry]
    directs: Sequence[Entry]


def entries_of(membership: Membership) -> list[Entry]:
    """Every room that the person is in here, archived ones too. Three queries."""
    rooms = {room.pk: room for room in joined_rooms(membership)}
    others = others_in(membership.user, rooms.values())
    return [
        Entry(
            room=rooms[state.room],
            name=name_for(membership.user, rooms[state.room], others.get(state.room, [])),
            people=others.get(state.room, []),
            state=state,
        )
        for state in room_states(membership.user, list(rooms))
        if state.room in rooms
    ]


def sidebar_of(membership: Membership, current: int | None = None) -> Sidebar:
    """What stands beside a page; an archived room only while one looks at it, by its id."""
    entries = [each for each in entries_of(membership) if each.room.archived_at is None or each.room.pk == current]
    return Sidebar(
        rooms=sorted((each for each in entries if not each.room.is_direct), key=lambda each: each.name.casefold()),
        directs=sorted((each for each in entries if each.room.is_direct), key=_latest, reverse=True),
    )


def _latest(entry: Entry) -> float:
    return entry.room.head_at.timestamp() if entry.room.head_at else 0.0
