"""The order of a room as static/js/live/gate.js keeps it: each event once, none left out."""

import asyncio
from collections.abc import Callable

from bench.faults.frames import Frame

#: Seconds that what is merely disordered may take; what is missing then was lost, and is asked for again and again.
PATIENCE = 0.03
ASK_AGAIN = 2.0


class Gate:
    """Holds what is early, drops what was there, and asks for what is missing.

    Args:
        shown: seq of the last event that is shown already.
        deliver: is called with each event, in order.
        ask: has the events after a seq sent again.
    """

    def __init__(self, shown: int, deliver: Callable[[Frame], None], ask: Callable[[int], None]) -> None:
        self.shown = shown
        self._deliver = deliver
        self._ask = ask
        self._early: dict[int, Frame] = {}
        self._timer: asyncio.TimerHandle | None = None

    def offer(self, event: Frame) -> None:
        """An event came."""
        assert event.seq is not None
        if event.seq <= self.shown:
            return
        self._early[event.seq] = event
        while (ready := self._early.pop(self.shown + 1, None)) is not None:
            self.shown += 1
            self._deliver(ready)
        if not self._early:
            self._stop_asking()
        elif self._timer is None:
            self._ask_in(PATIENCE)

    def expect(self, head: int) -> None:
        """All up to here was sent: what is not here by now was lost."""
        if head > self.shown and self._timer is None:
            self._ask_in(0)

    def lost(self) -> None:
        """The socket is gone: what is missing comes with the next hello."""
        self._stop_asking()
        self._early.clear()

    def jump(self, head: int) -> None:
        """The room was loaded anew up to here."""
        self.lost()
        self.shown = max(head, self.shown)

    def _ask_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ask_now)

    def _ask_now(self) -> None:
        self._ask(self.shown)
        self._ask_in(ASK_AGAIN)

    def _stop_asking(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
