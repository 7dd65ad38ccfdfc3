"""The time in which one process is the canary: two lines are open, and a message goes from one to the other."""

import asyncio
import time
import uuid
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from collab.status import lease, rules
from collab.status.beats import Beats
from collab.status.keeper import Keeper
from collab.status.line import Frame, Line
from collab.status.models import Canary
from collab.status.sessions import PROLONGED, Sessions

#: Seconds between two looks at what is due.
TICK = 0.2
#: Seconds that this process stood still, after which it cannot tell how long a beat took.
STALLED = 3.0
#: Seconds between two pings, as `welcome` asks for them.
PING = 25.0


class Timer:
    """Is due once in so many seconds; what it missed is not made up for."""

    def __init__(self, seconds: float, first: float) -> None:
        self._seconds = seconds
        self._next = first

    def is_due(self, now: float) -> bool:
        """Whether it is time; then it is no more until the next time."""
        if now < self._next:
            return False
        self._next = max(self._next + self._seconds, now)
        return True


class Turn:
    """Ends when another process holds the canary, or when `stopping` is set."""

    def __init__(
        self, canary: Canary, keeper: Keeper, beats: Beats, sessions: Sessions, stopping: asyncio.Event
    ) -> None:
        self._stopping = stopping
        self._room = canary.room_id
        self._keeper = keeper
        self._beats = beats
        self._sessions = sessions
        self._speaker = Line(
            "speaker",
            session=sessions.of(canary.speaker),
            hear=lambda _: None,
            answered=self._answered,
            later=self._later,
            clock=time.monotonic,
            again=self._again,
        )
        self._listener = Line(
            "listener",
            session=sessions.of(canary.listener),
            hear=self._hear,
            answered=self._answered,
            later=self._later,
            clock=time.monotonic,
        )

    async def run(self) -> None:
        """Measure until the end of it."""
        lines = [asyncio.create_task(line.stay()) for line in (self._speaker, self._listener)]
        try:
            await self._open()
            await self._measure()
        finally:
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)

    async def _open(self) -> None:
        """A start is no outage: the lines have as long as a beat has."""
        both: asyncio.Future[Any] = asyncio.gather(self._speaker.caught_up.wait(), self._listener.caught_up.wait())
        stopping: asyncio.Future[Any] = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({both, stopping}, timeout=rules.IN_TIME, return_when=asyncio.FIRST_COMPLETED)
        both.cancel()
        stopping.cancel()

    async def _measure(self) -> None:
        last = time.monotonic()
        beat, ping = Timer(settings.CANARY_SECONDS, last), Timer(PING, last + PING)
        report, prolong = Timer(lease.RENEWED, last), Timer(PROLONGED, last + PROLONGED)
        while not self._is_over:
            now = time.monotonic()
            if now - last > STALLED:
                self._beats.void()
            last = now
            if beat.is_due(now):
                await self._beat(now)
            self._beats.judge(now, self._listener.since)
            await self._post(self._beats.due_again(now))
            if ping.is_due(now):
                await asyncio.gather(self._speaker.ping(), self._listener.ping())
            if report.is_due(now):
                self._keeper.note(this_minute())
                self._keeper.report_soon(this_minute())
            if prolong.is_due(now):
                await self._sessions.prolong()
            await asyncio.sleep(TICK)

    @property
    def _is_over(self) -> bool:
        return self._stopping.is_set() or not self._keeper.is_holder

    async def _beat(self, now: float) -> None:
        beat = uuid.uuid4()
        self._beats.begin(beat, this_minute(), now)
        await self._post([beat])

    async def _again(self) -> None:
        await self._post(self._beats.unanswered)

    async def _post(self, beats: list[UUID]) -> None:
        """As a page does: also those that were posted before, under the same id, so that each is accepted once."""
        for beat in beats:
            await self._speaker.post(self._room, beat)

    def _answered(self, beat: UUID, is_ok: bool) -> None:
        if is_ok:
            self._beats.accept(beat, time.monotonic())
        else:
            self._beats.refuse(beat)

    def _later(self, beat: UUID, seconds: float) -> None:
        self._beats.postpone(beat, time.monotonic() + seconds)

    def _hear(self, event: Frame) -> None:
        if event["type"] == "posted":
            self._beats.receive(UUID(event["client_id"]), time.monotonic())


def this_minute() -> datetime:
    """The minute that runs."""
    return datetime.now(UTC).replace(second=0, microsecond=0)
