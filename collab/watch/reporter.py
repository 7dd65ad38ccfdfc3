"""Has this process tell how it is, every few seconds, and do what staff asks of it."""

import asyncio
import contextlib
import os
import socket

import structlog
from django.utils import timezone

from collab.live import drain, faults, journeys, lag, metrics, serving
from collab.live.database import in_database
from collab.live.errors import CodedError
from collab.live.journeys import Taken
from collab.live.tasks import Background
from collab.version import CODE
from collab.watch import keeping, numbers
from collab.watch.keeping import Identity, Page
from collab.watch.report import report
from rooms import node as rooms_node
from rooms.node import Node

#: Seconds between two reports.
EVERY = 5.0
#: Reports from one sample to the next, and from one look at what the whole site has.
SAMPLE_EVERY = 3
NUMBERS_EVERY = 6

logger = structlog.get_logger(__name__)

_background = Background()


def begin() -> None:
    """Report from now on. Called on the loop, once the process serves."""
    _background.run(lag.watch())
    _background.run(_report_always())


async def _report_always() -> None:
    reporter = Reporter(await rooms_node.current())
    drain.before_leaving(reporter.leave)
    while True:
        await reporter.report()
        await asyncio.sleep(EVERY)


class Reporter:
    """Writes down how a node is. What cannot be written is kept for the next time, within bounds."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._who = Identity(
            name=node.hub.node,
            host=socket.gethostname()[:64],
            port=next(iter(serving.addresses), ""),
            pid=os.getpid(),
            build=CODE,
            started_at=timezone.now(),
        )
        self._written = 0
        self._looks = 0
        self._unwritten = Taken.nothing()
        self._draining: asyncio.Task[None] | None = None

    async def report(self) -> None:
        """Once. Whatever is in the way, the next one is tried."""
        taken, met = self._gathered(), faults.take()
        try:
            await self._write(taken, met)
        except Exception as error:
            self._unwritten = taken
            faults.put_back(met)
            if not isinstance(error, CodedError):
                # Such as tables that a migration has not made yet. Of a database that is away others tell.
                logger.exception("report_failed")
        await self._look_around()

    async def _look_around(self) -> None:
        """Now and then, what the whole site has; apart from the report, which is not written twice for it."""
        self._looks += 1
        if self._looks % NUMBERS_EVERY != 1:
            return
        try:
            # Of a database that is away others tell.
            with contextlib.suppress(CodedError):
                await numbers.refresh()
        except Exception:
            logger.exception("report_failed")

    async def _write(self, taken: Taken, met: list[faults.Fault]) -> None:
        counted = await asyncio.to_thread(metrics.counted)
        is_sample = self._written % SAMPLE_EVERY == 0
        said = report(self._node)
        page = Page(said=said, counted=counted, taken=taken, met=met, is_sample=is_sample)
        self._hold(await in_database(keeping.keep, self._who, page))
        self._written += 1

    async def leave(self) -> None:
        """The process stops in good order."""
        with contextlib.suppress(CodedError):
            await in_database(keeping.note_left, self._who.name)

    def _gathered(self) -> Taken:
        """What is new, behind what could not be written before."""
        before, self._unwritten = self._unwritten, Taken.nothing()
        new = journeys.take()
        return Taken(
            [*before.journeys, *new.journeys][-journeys.MOST :],
            before.confirmed.with_more(new.confirmed, journeys.MOST),
            before.read.with_more(new.read, journeys.MOST),
        )

    def _hold(self, wants_drain: bool) -> None:
        """Send the people on and take nobody in, or take them in again."""
        if wants_drain == drain.is_held():
            return
        drain.hold(wants_drain)
        if self._draining is not None:
            self._draining.cancel()
        self._draining = _background.run(self._node.drain()) if wants_drain else None
