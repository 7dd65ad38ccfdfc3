"""What only counts in its newest state is gathered and handed on all at once."""

import asyncio
import contextlib
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

import structlog

from collab.live.database import in_database

logger = structlog.get_logger(__name__)

#: Numbers that are written at a time. So many that have changed are written at once: all of a busy node together would
#: keep the loop from the thread, and the database from the messages of that moment.
SLICE = 1_000

#: Keys whose number is remembered, so that what did not change is not written again.
MOST_REMEMBERED = 200_000

K = TypeVar("K", bound=Hashable)


class Highest(Generic[K]):
    """Gathers the highest number noted for each key, and writes what has changed now and then.

    What cannot be written is kept for the next time. What a process takes with it when it dies is noted anew by
    whoever noted it, since they note where they are and not that they moved.

    Args:
        write: is called on a database thread with the numbers.
        every: seconds between two writes, at the most.
    """

    def __init__(self, write: Callable[[Mapping[K, int]], None], *, every: float) -> None:
        self._write = write
        self._every = every
        self._highest: dict[K, int] = {}
        self._changed: dict[K, int] = {}
        self._is_much = asyncio.Event()
        self._writing = asyncio.Lock()

    def note(self, key: K, number: int) -> None:
        """Note a number; one that is no higher than before changes nothing."""
        if number > self._highest.get(key, -1):
            self._highest[key] = self._changed[key] = number
            if len(self._changed) == SLICE:
                self._is_much.set()

    @property
    def waiting(self) -> int:
        """Numbers that are to be written."""
        return len(self._changed)

    def gauges(self) -> dict[str, int]:
        """What is to be written, and what is remembered: never much more than `MOST_REMEMBERED`."""
        return {"waiting": len(self._changed), "remembered": len(self._highest)}

    async def write_always(self) -> None:
        """Write now and then, for ever; sooner where there is much."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_much.wait(), self._every)
            while not await self.flush():  # noqa: ASYNC110 — it waits for a database, which tells nobody.
                # Not sooner, however much there is: it would be tried without a pause.
                await asyncio.sleep(self._every)

    async def flush(self) -> bool:
        """Write what had changed before, also what somebody else is writing; whether all that is written."""
        async with self._writing:
            left, self._changed = list(self._changed.items()), {}
            self._is_much.clear()
            try:
                while left:
                    await in_database(self._write, dict(left[:SLICE]))
                    del left[:SLICE]
            except Exception as error:  # noqa: BLE001 — whatever it is, it must not end the writing of all others.
                logger.warning("positions_wait", error=error)
            self._changed = dict(left) | self._changed
            if not left and len(self._highest) > MOST_REMEMBERED:
                self._highest = dict(self._changed)
            return not left
