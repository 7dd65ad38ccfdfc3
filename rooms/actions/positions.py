"""Positions: how far people have read. They only go forward, and are no events."""

from accounts.models import User
from rooms.access import access_room
from rooms.announce import announce_position
from rooms.errors import PositionBeyondHead
from rooms.models import RoomMembership


def read_to(*, user: User, room_id: int, position: int) -> None:
    """The person has read the room up to a seq; an older position changes nothing.

    Raises:
        RoomNotFound: they are not in it.
        PositionBeyondHead: nothing is written there yet.
    """
    access = access_room(user, room_id).joined()
    if position > access.room.head:
        raise PositionBeyondHead
    moved = RoomMembership.objects.filter(room=room_id, user=user, position__lt=position).update(position=position)
    if moved:
        announce_position(access.room, user, position)
