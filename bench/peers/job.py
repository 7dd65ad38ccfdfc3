"""What the load generator is told, and what it saw."""

import msgspec

from bench.figures import Spread

SECOND = 1_000_000_000


class Seat(msgspec.Struct, frozen=True):
    """Where a client sits. Room 0 is the room that everyone is in; the session is for a server with a sign-in."""

    room: int
    session: str = ""


class Job(msgspec.Struct, frozen=True):
    """Messages to a server on this machine, evenly spaced, each from a seat drawn by lot.

    `dialect` names how the server is spoken to, `interval` is nanoseconds from one message to the next.
    """

    url: str
    dialect: str
    seats: list[Seat]
    interval: int
    seconds: int

    @property
    def count(self) -> int:
        """How many messages; one at the least."""
        return max(1, self.seconds * SECOND // self.interval)


class Result(msgspec.Struct, frozen=True):
    """One scenario, from outside. Times count from when a message was to be sent, not from when it was."""

    sent: int
    #: A delivery is a message at one receiver, its sender included.
    expected: int
    delivered: int
    #: Deliveries that came once more, or to another room.
    doubled: int
    #: Sockets that ended before the end.
    ended: int
    to_receivers: Spread
    #: Of each message that came to everybody: until the last had it.
    to_last: Spread
    #: How late the generator itself was; part of the above.
    lateness: Spread
    #: Seconds until all sockets were open, and from the first message to the last delivery.
    arriving: float
    seconds: float
    #: Seconds of CPU that the generator used meanwhile.
    cpu: float

    @property
    def lost(self) -> int:
        """Deliveries that never came."""
        return self.expected - self.delivered
