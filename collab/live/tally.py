"""What may happen too often for a line each: the first is told at once, what follows once a minute, counted."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)

#: Seconds from one line to the next, at the least. What came since stands on the next line, however much later that is.
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
        self._told_at: float | None = None
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, **counts: int) -> None:
        """Count, and tell where nothing was told for long."""
        now = self._clock()
        with self._lock:
            self._counts.update(counts)
            seconds = 0.0 if self._told_at is None else now - self._told_at
            if self._told_at is not None and seconds < EVERY:
                return
            told, self._counts, self._told_at = self._counts, Counter(), now
        logger.info(self._event, seconds=round(seconds), **told)
