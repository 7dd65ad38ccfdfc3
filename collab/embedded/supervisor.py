"""Keeps the site's processes alive: starts them in order, starts again what dies, stops all in order.

Circus does the work of a supervisor; its control sockets stay inside this process.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence

from circus.arbiter import Arbiter
from tornado.ioloop import IOLoop

from .child import Child
from .errors import CannotStart

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEP = 0.05


class Stopped(Exception):
    """Somebody asked for an end before the start was over."""


class Supervisor:
    """All children of one site. Made within a running event loop, on the main thread."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.started: list[Child] = []
        self.stop_asked = asyncio.Event()
        logging.getLogger("circus").setLevel(logging.ERROR)
        self.arbiter = Arbiter(
            list(children),
            endpoint="inproc://collab-control",
            pubsub_endpoint="inproc://collab-events",
            check_delay=0.5,
            loop=IOLoop.current(),
        )
        # After the arbiter's own handlers, which would end all children at once, in no order.
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.stop_asked.set)

    async def watch(self) -> None:
        """Begin to look after the children."""
        await self.arbiter.start()

    async def start(self, child: Child) -> None:
        """Start a child; from now on it comes back when it dies."""
        self.refuse_if_stopping()
        self.started.append(child)
        # Its public `start` refuses to run beside the periodic look at all children.
        await child._start()  # noqa: SLF001

    async def await_ready(self, child: Child, is_ready: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Wait until a child is of use.

        Raises CannotStart, with its last words, if it keeps dying or takes longer than `within` seconds;
        Stopped if an end was asked for.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not await is_ready():
            self.refuse_if_stopping()
            if child.deaths > 2:
                raise CannotStart(f"{child.name} does not start: {child.output.last_words}")
            if loop.time() > end:
                raise CannotStart(f"{child.name} did not answer within {within:.0f} s: {child.output.last_words}")
            await asyncio.sleep(STEP)

    async def finish(self, work: Awaitable[None]) -> None:
        """Wait for the work, even when an end is asked for: half a migration is worse than a late end."""
        await work
        self.refuse_if_stopping()

    def refuse_if_stopping(self) -> None:
        """Raises Stopped if an end was asked for."""
        if self.stop_asked.is_set():
            raise Stopped

    async def stop(self) -> None:
        """End the children one after the other, last started first, each once the one before it is gone."""
        # Nothing is started again from here on. Circus has no public way to stop in an order.
        self.arbiter._stopping = True  # noqa: SLF001
        for child in reversed(self.started):
            await child.end()
        self.arbiter.stop_controller_and_close_sockets()
