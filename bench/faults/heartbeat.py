"""Whether the other side is there, as static/js/live/heartbeat.js asks."""

import asyncio
from collections.abc import Callable

ANSWER_WITHIN = 10.0


class Heartbeat:
    """Pings at intervals, and says when no answer came.

    Args:
        ping: sends one.
        dead: is called when nothing came within `ANSWER_WITHIN` seconds after one.
    """

    def __init__(self, ping: Callable[[], None], dead: Callable[[], None]) -> None:
        self._ping = ping
        self._dead = dead
        self._every = 0.0
        self._next: asyncio.TimerHandle | None = None
        self._verdict: asyncio.TimerHandle | None = None

    def start(self, every: float) -> None:
        """Begin, with so many seconds between pings."""
        self.stop()
        self._every = every
        self._wait()

    def stop(self) -> None:
        """Ask no more."""
        self._every = 0.0
        self.heard()
        if self._next is not None:
            self._next.cancel()

    def ask(self) -> None:
        """Ask now, and then at the interval again."""
        if self._every and self._next is not None:
            self._next.cancel()
            self._ask()

    def heard(self) -> None:
        """Anything heard proves the other side alive."""
        if self._verdict is not None:
            self._verdict.cancel()
            self._verdict = None

    def _wait(self) -> None:
        self._next = asyncio.get_running_loop().call_later(self._every, self._ask)

    def _ask(self) -> None:
        self.heard()
        self._verdict = asyncio.get_running_loop().call_later(ANSWER_WITHIN, self._dead)
        self._wait()
        self._ping()
