"""What only counts in its newest state is gathered and handed on all at once."""

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from collab.live.database import in_database
from collab.live.errors import CodedError

logger = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)


class Highest(Generic[K]):
    """Gathers the highest number noted for each key, and writes what has changed now and then.

    What cannot be written is kept for the next time. What a process takes with it when it dies is noted anew by
    whoever noted it, since they note where they are and not that they moved.

    Args:
        write: is called on a database thread with the numbers.
        every: seconds between two writes.
    """

    def __init__(self, write: Callable[[Mapping[K, int]], None], *, every: float) -> None:
        self._write = write
        self._every = every
        self._noted: dict[K, int] = {}

    def note(self, key: K, number: int) -> None:
        """Note a number; a lower one than before changes nothing."""
        if number > self._noted.get(key, -1):
            self._noted[key] = number

    async def write_always(self) -> None:
        """Write now and then, for ever."""
        while True:
            await asyncio.sleep(self._every)
            await self.flush()

    async def flush(self) -> None:
        """Write what is noted."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            await in_database(self._write, noted)
        except CodedError as error:
            logger.warning("Positions wait to be written: %s", error)
            for key, number in noted.items():
                self.note(key, number)
