"""How much of anything one socket or person may use."""

import enum
import time
from collections.abc import Callable

#: Bytes of a frame from a client.
MAX_FRAME = 64 * 1024
#: Seconds between the pings a client sends; after three without any command the socket is closed.
HEARTBEAT = 25
#: Seconds until hello must have come.
HELLO_WITHIN = 10
#: Commands a person may send at once, and a second after that.
BURST = 200
A_SECOND = 20
#: Characters of a command that counts as one; each so many more count as another. A text of 16,000 characters can cost
#: 0.2 s to render, a usual one a few milliseconds.
COUNTS_AS_ONE = 1_000
MOST_MORE = 16
#: Commands of a person that are refused one by one before their sockets are closed for it.
REFUSALS = 1_000
#: Sockets a person may have on one node: as many tabs as anybody keeps open.
SOCKETS = 64


class TokenBucket:
    """Lets `burst` through at once and `rate` a second after that.

    Args:
        burst: tokens of a full bucket.
        rate: tokens that come back a second.
        clock: seconds, never going back.
    """

    __slots__ = ("_burst", "_clock", "_rate", "_then", "_tokens")

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = self._tokens = burst
        self._rate = rate
        self._clock = clock
        self._then = clock()

    def take(self, tokens: int = 1) -> bool:
        """Take tokens; False, and none taken, where there are not so many left."""
        self._refill()
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True

    @property
    def is_full(self) -> bool:
        """Nothing was taken that has not come back: a new one would be the same."""
        self._refill()
        return self._tokens >= self._burst

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now


class Verdict(enum.Enum):
    """What becomes of a command, before anybody looks at it."""

    GO_ON = enum.auto()
    REFUSE = enum.auto()
    #: This has gone on for long: close the socket.
    CLOSE = enum.auto()


class Allowance:
    """What one person may use of this node, over all their sockets."""

    __slots__ = ("_commands", "_refusals", "sockets")

    def __init__(self, clock: Callable[[], float]) -> None:
        self.sockets = 0
        self._commands = TokenBucket(BURST, A_SECOND, clock)
        self._refusals = TokenBucket(REFUSALS, A_SECOND, clock)

    def take(self, size: int) -> Verdict:
        """One more command, of so many characters; a long one counts for several."""
        if self._commands.take(1 + min(size // COUNTS_AS_ONE, MOST_MORE)):
            return Verdict.GO_ON
        return Verdict.REFUSE if self._refusals.take() else Verdict.CLOSE

    @property
    def is_whole(self) -> bool:
        """Nothing of it is used."""
        return not self.sockets and self._commands.is_full and self._refusals.is_full


class Allowances:
    """Everyone's allowance, remembered until it is whole again, so that coming back anew wins nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people: dict[int, Allowance] = {}
        self._tidied_at = clock()

    def of(self, person: int) -> Allowance:
        """The person's."""
        found = self._people.get(person)
        if found is None:
            self._tidy()
            found = self._people[person] = Allowance(self._clock)
        return found

    def open_socket(self, person: int) -> bool:
        """Count one more socket of the person; False where that is too many."""
        allowance = self.of(person)
        if allowance.sockets >= SOCKETS:
            return False
        allowance.sockets += 1
        return True

    def close_socket(self, person: int) -> None:
        """Count one less."""
        self.of(person).sockets -= 1

    @property
    def people_with_sockets(self) -> int:
        """How many people have a socket here. From any thread."""
        return sum(each.sockets > 0 for each in list(self._people.values()))

    def gauges(self) -> dict[str, int]:
        """Sockets that count, and people who are remembered: never more than there are."""
        return {"sockets": sum(each.sockets for each in self._people.values()), "remembered": len(self._people)}

    def _tidy(self) -> None:
        """Forget those that are whole; each time, at most as often as the fullest bucket takes to fill."""
        now = self._clock()
        if now - self._tidied_at > REFUSALS / A_SECOND:
            self._tidied_at = now
            self._people = {person: each for person, each in self._people.items() if not each.is_whole}
