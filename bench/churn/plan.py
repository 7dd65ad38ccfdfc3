"""Who comes, and how they go: the same seed, the same visits."""

import enum
import random
from collections.abc import Iterator
from typing import NamedTuple

from collab.live.errors import Close

#: Seconds that a visit lasts at most, and that one lasts which is broken off before it was welcomed.
STAY = 4.0
BREAK_OFF = 0.1
#: Of all visits, those that say something; of those that go abruptly, those that do so in the middle of the welcome.
TALKATIVE = 0.05
EARLY = 0.5


class Kind(enum.Enum):
    """How a visit ends."""

    CLEAN = "clean"
    #: The connection is reset.
    ABRUPT = "abrupt"
    #: Nothing more comes, no end either, until the server gives up.
    HALF_OPEN = "half-open"
    #: The handshake is one that is turned away.
    REFUSED = "refused"


#: Of a hundred. The half-open take the node's whole patience each.
SHARES = {Kind.CLEAN: 55, Kind.ABRUPT: 30, Kind.HALF_OPEN: 1, Kind.REFUSED: 14}


class Refusal(enum.Enum):
    """What is wrong with a handshake, and how it is closed."""

    NO_SESSION = Close.NOT_SIGNED_IN, "no session"
    BAD_COOKIE = Close.NOT_SIGNED_IN, "bad cookie"
    FOREIGN_ORIGIN = Close.WRONG_ORIGIN, "foreign Origin"
    WRONG_SUBPROTOCOL = Close.WRONG_SUBPROTOCOL, "wrong subprotocol"

    @property
    def code(self) -> int:
        """The code with which the server closes."""
        return int(self.value[0])


class Visit(NamedTuple):
    """One: `stays` seconds after the welcome, or after the hello where it breaks off `early`."""

    kind: Kind
    seat: int
    stays: float
    early: bool
    talks: bool
    #: How many events of each room were missed, as far as the room has so many.
    missed: int
    refusal: Refusal


def visits(count: int, seats: int, seed: int, *, patient: bool = True) -> Iterator[Visit]:
    """So many, by people drawn from so many seats. Not `patient`: none of the kind that takes a minute."""
    lot = random.Random(seed)
    kinds = [kind for kind in Kind if patient or kind is not Kind.HALF_OPEN]
    shares = [SHARES[kind] for kind in kinds]
    for _ in range(count):
        kind = lot.choices(kinds, shares)[0]
        early = kind is Kind.ABRUPT and lot.random() < EARLY
        yield Visit(
            kind=kind,
            seat=lot.randrange(seats),
            stays=lot.uniform(0, BREAK_OFF if early else STAY),
            early=early,
            talks=lot.random() < TALKATIVE,
            missed=lot.randrange(4),
            refusal=lot.choice(list(Refusal)),
        )
