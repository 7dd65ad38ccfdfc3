"""The door: visitors come at a steady rate, some at a time, and are counted."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bench.churn.plan import Visit
from bench.churn.visitor import Otherwise, Place, Visitor
from bench.plan import Seat

#: Visitors that are being let in at a time.
AT_A_TIME = 32


class Door:
    """Where everybody comes in.

    Args:
        seats: who may come.
        rate: visits begun a second, at most; a slow node is asked less.
    """

    def __init__(self, place: Place, seats: Sequence[Seat], rate: int) -> None:
        self._place, self._seats, self._rate = place, seats, rate
        #: By seat, where the person's rooms stood when last heard of.
        self._heads: dict[int, dict[int, int]] = defaultdict(dict)
        self._gate = asyncio.Semaphore(AT_A_TIME)
        self.begun = 0
        #: By kind, how many went as meant; and what else happened.
        self.done: Counter[str] = Counter()
        self.otherwise: Counter[str] = Counter()

    async def receive(self, visits: Iterable[Visit]) -> None:
        """Let all of them in, until the last has gone."""
        due = time.monotonic()
        async with asyncio.TaskGroup() as here:
            for visit in visits:
                due = max(due + 1 / self._rate, time.monotonic() - 1)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await self._gate.acquire()
                self.begun += 1
                here.create_task(self._receive(visit))

    async def _receive(self, visit: Visit) -> None:
        visitor = Visitor(self._place, self._seats[visit.seat], self._heads[visit.seat])
        try:
            try:
                await visitor.enter(visit)
            finally:
                self._gate.release()
            await visitor.stay_and_go(visit)
        except Otherwise as event:
            self.otherwise[str(event)] += 1
        else:
            self.done[visit.kind.value] += 1
