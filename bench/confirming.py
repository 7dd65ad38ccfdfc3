"""When a page confirms what came to it, as static/js/live/socket.js decides it."""

import asyncio
import random
from collections.abc import Callable, Collection

#: Seconds until what came is confirmed, and until a page that hears nothing after that asks.
WITHIN = 5.0


class Confirming:
    """Of one socket.

    Args:
        confirm: says how far the page has got in these rooms.
        ask: says it of all rooms, and finds out whether the other side is there.
        lot: draws from 0 to 1 how long to wait, so that not all to whom the same comes confirm it at once.
    """

    def __init__(
        self,
        confirm: Callable[[Collection[str]], None],
        ask: Callable[[], None],
        lot: Callable[[], float] = random.random,
    ) -> None:
        self._confirm = confirm
        self._ask = ask
        self._lot = lot
        self._rooms: set[str] = set()
        #: Something was heard since the first of them, or since they were confirmed.
        self._hears_more = False
        self._timer: asyncio.TimerHandle | None = None

    def soon(self, room: str) -> None:
        """Something came in a room."""
        if not self._rooms:
            self._wait(WITHIN * (0.5 + self._lot() / 2), self._confirm_now)
            self._hears_more = False
        self._rooms.add(room)

    def heard(self) -> None:
        """Anything came; said before what it brings about."""
        self._hears_more = True

    def stop(self) -> None:
        """Confirm nothing: the socket is gone, or its next hello says it of all rooms."""
        self._rooms.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _confirm_now(self) -> None:
        rooms, self._rooms = self._rooms, set()
        if self._hears_more:
            self._confirm(rooms)
            self._hears_more = False
            self._wait(WITHIN, self._ask_if_silent)
        else:
            self._ask()

    def _ask_if_silent(self) -> None:
        if not self._hears_more:
            self._ask()

    def _wait(self, seconds: float, call: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, call)
