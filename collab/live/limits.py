"""How much of anything one socket or person may use."""

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


class TokenBucket:
    """Lets `burst` through at once and `rate` a second after that.

    Args:
        burst: tokens of a full bucket.
        rate: tokens that come back a second.
        clock: seconds, never going back.
    """

    __slots__ = ("__weakref__", "_burst", "_clock", "_rate", "_then", "_tokens")

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = self._tokens = burst
        self._rate = rate
        self._clock = clock
        self._then = clock()

    def take(self) -> bool:
        """Take a token; False where none is left."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
