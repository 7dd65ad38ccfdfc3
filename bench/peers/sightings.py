"""Which message came to whom: what was lost, what came twice, and how long it took to each and to the last."""

from collections import Counter
from collections.abc import Callable, Sequence

from bench.figures import spread
from bench.peers.job import SECOND, Result


class Sightings:
    """Deliveries of numbered messages.

    Args:
        rooms: by seat, its room.
        senders: by message, the seat that sends it.
    """

    def __init__(self, rooms: Sequence[int], senders: Sequence[int]) -> None:
        self._rooms = rooms
        self._room_of = [rooms[sender] for sender in senders]
        size = Counter(rooms)
        #: By message, to how many it must come.
        self._audience = [size[room] for room in self._room_of]
        self._came = [0] * len(senders)
        self._last = [0] * len(senders)
        self._firsts: list[tuple[int, int]] = []
        self._doubled = 0

    @property
    def expected(self) -> int:
        """Deliveries that must be made."""
        return sum(self._audience)

    def note(self, seat: int, numbers: Sequence[int], times: Sequence[int]) -> None:
        """What came to a seat, in the order it came, with the monotonic nanoseconds when."""
        seen: set[int] = set()
        for number, at in zip(numbers, times, strict=True):
            if number in seen or self._room_of[number] != self._rooms[seat]:
                self._doubled += 1
                continue
            seen.add(number)
            self._came[number] += 1
            self._last[number] = max(self._last[number], at)
            self._firsts.append((number, at))

    def result(
        self,
        meant: Callable[[int], int],
        lateness: Sequence[int],
        *,
        ended: int,
        arriving: float,
        cpu: float,
    ) -> Result:
        """The figures; `meant` tells when a message was to be sent."""
        everywhere = [number for number, came in enumerate(self._came) if came == self._audience[number]]
        over = max(self._last, default=0)
        return Result(
            sent=len(self._came),
            expected=self.expected,
            delivered=len(self._firsts),
            doubled=self._doubled,
            ended=ended,
            to_receivers=spread(at - meant(number) for number, at in self._firsts),
            to_last=spread(self._last[number] - meant(number) for number in everywhere),
            lateness=spread(lateness),
            arriving=arriving,
            seconds=max(0, over - meant(0)) / SECOND,
            cpu=cpu,
        )
