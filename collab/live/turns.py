"""Everyone in turn: what is to be done for each socket now and then is done for a few of them at a time.

Done for all at once it would keep the loop from everything else; by each socket on its own it would cost a call each.
"""

import asyncio
from itertools import islice
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Turns:
    """Whose turn it is, so that everyone has one within a time, however many come or go meanwhile.

    Args:
        within: seconds from one turn of somebody to their next, at the most, but for the pause between two calls.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self._taken_at = self._counted_at = _now()
        self._owed = 0.0
        #: The most there were, in this stretch of so many seconds and in the last: those who had their turn may have
        #: gone, and the others are still behind as many as they were.
        self._most = self._most_before = 0

    def take(self, everyone: dict[K, V]) -> list[tuple[K, V]]:
        """Those whose turn has come since the last call: from the front of the mapping, and now at its end."""
        now = _now()
        self._count(len(everyone), now)
        share = max(self._most, self._most_before) * (now - self._taken_at) / self._within
        self._taken_at = now
        self._owed = min(self._owed + share, len(everyone))
        number = int(self._owed)
        self._owed -= number
        mine = list(islice(everyone.items(), number))
        for key, value in mine:
            del everyone[key]
            everyone[key] = value
        return mine

    def _count(self, number: int, now: float) -> None:
        if now >= self._counted_at + self._within:
            self._counted_at, self._most, self._most_before = now, 0, self._most
        self._most = max(self._most, number)


def _now() -> float:
    return asyncio.get_running_loop().time()
