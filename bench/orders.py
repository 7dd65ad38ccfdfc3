"""What a load is told to do, and what it answers: a line of JSON each."""

import msgspec

from bench.plan import Seat
from bench.record import Columns


class Job(msgspec.Struct, frozen=True):
    """Which part of the people a load is: every `parts`-th seat, beginning with number `part`.

    `urls`: of the nodes; seat by seat the people are dealt to them in turn. `origin`: of the site.
    """

    urls: list[str]
    origin: str
    seats: list[Seat]
    part: int = 0
    parts: int = 1

    @property
    def mine(self) -> range:
        """Indices of the seats of this part."""
        return range(self.part, len(self.seats), self.parts)


class Open(msgspec.Struct, frozen=True, tag=True):
    """Open sockets, until everyone with a seat below `below` has one."""

    below: int


class Poll(msgspec.Struct, frozen=True, tag=True):
    """Have those with these seats ask for what is new by HTTP, every so many seconds, instead of holding a socket."""

    seats: list[int]
    every: float


class Say(msgspec.Struct, frozen=True, tag=True):
    """Begin to say what stands in a file (a list of `Saying`), counted from this monotonic nanosecond."""

    file: str
    at: int


class Cut(msgspec.Struct, frozen=True, tag=True):
    """Tear all sockets at once; people come back as browsers do."""


class Look(msgspec.Struct, frozen=True, tag=True):
    """Do nothing."""


class ReadLog(msgspec.Struct, frozen=True, tag=True):
    """Have the logs of these rooms sent to new sockets, from the heads on that each had before."""

    heads: dict[int, int]


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Write what was seen since the last time to a file, and begin anew."""

    file: str


class Leave(msgspec.Struct, frozen=True, tag=True):
    """Close all sockets."""


Order = Open | Poll | Say | Cut | Look | ReadLog | Tell | Leave


class Standing(msgspec.Struct):
    """How far a load is: the answer to every order.

    `live`: people who are caught up. `to_say`: messages of this part. `answered`: of these, accepted or refused.
    `expected`: deliveries, to screens of all parts, that those accepted make. `heard`: events that came to this part.
    """

    live: int = 0
    to_say: int = 0
    answered: int = 0
    expected: int = 0
    heard: int = 0


class Accepted(msgspec.Struct, array_like=True):
    """A message by number, the seq it was given, and when the answer came (monotonic ns)."""

    message: int
    seq: int
    at: int


class Absence(msgspec.Struct, array_like=True):
    """Somebody was not there (monotonic ns); `until` 0: they did not come back."""

    seat: int
    since: int
    until: int


class Part(msgspec.Struct):
    """What one load has seen."""

    screens: Columns
    log: Columns
    accepted: list[Accepted]
    #: By number of a message, the code of its refusal.
    refused: dict[int, str]
    #: By room, the head before the first message.
    heads: dict[int, int]
    #: Nanoseconds by which each message was said too late, and from opening each socket to its `caught_up`.
    lateness: list[int]
    arrivals: list[int]
    #: How sockets ended that should have stayed.
    ended: list[str]
    absences: list[Absence]
    #: Rooms whose log is too long to be sent again.
    not_read: list[int]
    #: Answers to those who ask by HTTP; and times without one: left out, since the last had not come yet, or refused.
    polls: int = 0
    polls_left_out: int = 0
