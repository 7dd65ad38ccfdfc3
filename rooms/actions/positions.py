"""Positions: how far people have read, and what their clients have confirmed. No events; they only go forward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F

from accounts.models import User
from rooms.announce import announce_position
from rooms.arrays import as_array
from rooms.errors import PositionBeyondHead, RoomNotFound
from rooms.models import Room, RoomMembership

Place = tuple[int, int]

# The rows are locked in one order: two nodes that write about the same people never wait for each other in a ring.
_ADVANCE = """
WITH told AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS told (room_id, user_id, seq)),
behind AS (
    SELECT place.id, told.seq FROM rooms_roommembership AS place JOIN told USING (room_id, user_id)
    WHERE place.{column} IS NULL OR place.{column} < told.seq
    ORDER BY place.id FOR UPDATE OF place
)
UPDATE rooms_roommembership AS place SET {column} = behind.seq FROM behind WHERE place.id = behind.id
"""
_WHICH = "RETURNING place.room_id, place.user_id"


@dataclass(frozen=True, slots=True)
class Reading:
    """The person has read a room up to a seq."""

    user: User
    room_id: int
    position: int

    @property
    def place(self) -> Place:
        """The room and the person, by id."""
        return self.room_id, self.user.pk


def read_to(*, user: User, room_id: int, position: int) -> None:
    """The person has read the room up to a seq; an older position changes nothing.

    Raises:
        RoomNotFound: they are not in it.
        PositionBeyondHead: nothing is written there yet.
    """
    [outcome] = read_each([Reading(user, room_id, position)])
    if outcome is not None:
        raise outcome


def read_each(readings: Sequence[Reading]) -> list[RoomNotFound | PositionBeyondHead | None]:
    """Note how far people have read, in two statements however many they are; why a reading is refused, for each."""
    rooms = _rooms_of(readings)
    outcomes = [_refusal(reading, rooms.get(reading.place)) for reading in readings]
    sound = [reading for reading, refusal in zip(readings, outcomes, strict=True) if refusal is None]
    newest: dict[Place, Reading] = {}
    for reading in sorted(sound, key=lambda each: each.position):
        newest[reading.place] = reading
    for place in _advance("position", {place: reading.position for place, reading in newest.items()}, _WHICH):
        announce_position(rooms[place], newest[place].user, newest[place].position)
    return outcomes


def note_delivered(positions: Mapping[Place, int]) -> None:
    """Note how far people's clients have confirmed a room: (room, user) → seq."""
    _advance("delivered", positions)


def _refusal(reading: Reading, room: Room | None) -> RoomNotFound | PositionBeyondHead | None:
    if room is None:
        return RoomNotFound()
    return PositionBeyondHead() if reading.position > room.head else None


def _rooms_of(readings: Sequence[Reading]) -> dict[Place, Room]:
    """The rooms that are read, for each who is in them and in their workspace."""
    memberships = RoomMembership.objects.select_related("room").filter(
        room__in={reading.room_id for reading in readings},
        user__in={reading.user.pk for reading in readings},
        user__is_active=True,
        room__workspace__memberships__user=F("user"),
    )
    return {(each.room_id, each.user_id): each.room for each in memberships}


def _advance(column: str, positions: Mapping[Place, int], returning: str = "") -> list[Place]:
    """Move positions forward; where they are to be returned, the places where one did."""
    if not positions:
        return []
    columns = zip(*((room, user, seq) for (room, user), seq in positions.items()), strict=True)
    with connection.cursor() as cursor:
        sql = _ADVANCE.format(column=column) + returning
        cursor.execute(sql, [as_array(each) for each in columns])
        return [(room, user) for room, user in cursor.fetchall()] if returning else []
