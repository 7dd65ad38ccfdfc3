"""What happens too often for a line each: counted, and told once a minute."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)

#: Seconds that are told of on one line, at the least: an event that opens the next is what has it written.
EVERY = 60.0


class Tally:
    """Counts of this process. Called from any thread.

    Args:
        event: under which they are told.
        clock: seconds, never going back.
    """

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._since = clock()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, **counts: int) -> None:
        """Count, and tell of the time before this where that was long enough."""
        with self._lock:
            seconds = self._clock() - self._since
            told, self._counts = (self._counts, Counter()) if seconds >= EVERY else (None, self._counts)
            if seconds >= EVERY:
                self._since += seconds
            self._counts.update(counts)
        if told:
            logger.info(self._event, seconds=round(seconds), **told)
