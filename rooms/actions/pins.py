"""Pins: messages kept at hand for the whole room."""

from dataclasses import dataclass

from accounts.models import User
from rooms.actions.messages import find_message
from rooms.errors import TooManyPins
from rooms.events import Pinned, Unpinned
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Pin

#: Pins of a room.
MOST_PINS = 100


@dataclass(slots=True, kw_only=True)
class PinMessage(Draft):
    """Keep a message at hand."""

    message: int

    def write(self, turn: Turn) -> int | None:
        """Store the pin, unless it is there."""
        turn.access.writable()
        message = find_message(turn, self.message)
        if Pin.objects.filter(message=message).exists():
            return None
        if Pin.objects.filter(message__room=turn.room).count() >= MOST_PINS:
            raise TooManyPins
        seq = turn.record(Pinned, message=message.seq)
        turn.ledger.add(Pin(message=message, user=self.user, seq=seq))
        return seq


@dataclass(slots=True, kw_only=True)
class UnpinMessage(Draft):
    """Take a pin away; anyone in the room may."""

    message: int

    def write(self, turn: Turn) -> int | None:
        """Remove the pin, if it is there."""
        turn.access.writable()
        message = find_message(turn, self.message)
        gone, _ = Pin.objects.filter(message=message).delete()
        return turn.record(Unpinned, message=message.seq) if gone else None


def pin_message(*, user: User, room_id: int, message: int) -> int | None:
    """Pin a message; the seq of the event, None if it is pinned.

    Raises:
        CodedError: refused.
    """
    return append_one(PinMessage(user=user, room_id=room_id, message=message))


def unpin_message(*, user: User, room_id: int, message: int) -> int | None:
    """Take a pin away; the seq of the event, None if it is not pinned.

    Raises:
        CodedError: refused.
    """
    return append_one(UnpinMessage(user=user, room_id=room_id, message=message))
