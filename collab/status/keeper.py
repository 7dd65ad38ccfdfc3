"""Brings what was measured into the database; while that is away it is kept, here and in a file."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import Error as DatabaseError

from collab.status import journal, lease, store
from collab.status.beats import Beats
from collab.status.store import Key, closing
from collab.status.tally import Tally

logger = structlog.get_logger(__name__)

#: So much is kept of an outage of the database. Two days of minutes are 3 MB.
MOST_KEPT = timedelta(days=2)


class Keeper:
    """Of one process, which is called `me`."""

    def __init__(self, me: str, beats: Beats) -> None:
        self.me = me
        #: It measures, and no other: while nobody can ask, it goes on.
        self.is_holder = False
        self._beats = beats
        self._left_over = journal.read()
        self._reporting: asyncio.Task[None] | None = None
        self._is_away = False

    def note(self, minute: datetime) -> None:
        """Keep what there is in the file, and forget what is too long ago."""
        for old in [each for each in self._beats.tallies if each < minute - MOST_KEPT]:
            del self._beats.tallies[old]
        try:
            journal.write(self._all())
        except OSError as error:
            logger.warning("canary_file_failed", error=error)

    def report_soon(self, minute: datetime) -> None:
        """Renew the hold and save what there is, beside everything else; one after the other."""
        if self._reporting is None or self._reporting.done():
            self._reporting = asyncio.create_task(self.report(minute))

    async def report(self, minute: datetime) -> None:
        """The same, to its end; `minute` is the one that runs."""
        tallies = {key: replace(tally, histogram=list(tally.histogram)) for key, tally in self._all().items()}
        try:
            held = await asyncio.to_thread(self._store, tallies)
        except DatabaseError as error:
            self._tell(is_away=True, why=str(error))
            return
        self._tell(is_away=False)
        self.is_holder = held.holder == self.me
        self._left_over.clear()
        self._drop_settled(minute)

    async def let_go(self, minute: datetime) -> None:
        """Save the last of it, and let another take over."""
        if self._reporting is not None:
            await self._reporting
        await self.report(minute)
        try:
            await asyncio.to_thread(closing, lease.let_go, self.me)
        except DatabaseError:
            return

    def _all(self) -> dict[Key, Tally]:
        mine = {Key(minute, self.me): tally for minute, tally in self._beats.tallies.items()}
        return self._left_over | mine

    def _store(self, tallies: Mapping[Key, Tally]) -> lease.Held:
        return closing(_hold_and_save, self.me, tallies)

    def _drop_settled(self, minute: datetime) -> None:
        first = min(minute, self._beats.oldest or minute)
        for old in [each for each in self._beats.tallies if each < first]:
            del self._beats.tallies[old]

    def _tell(self, *, is_away: bool, why: str = "") -> None:
        if is_away and not self._is_away:
            logger.warning("canary_unsaved", error=why)
        elif self._is_away and not is_away:
            logger.info("canary_saved")
        self._is_away = is_away


def _hold_and_save(me: str, tallies: Mapping[Key, Tally]) -> lease.Held:
    """Where another has taken over, what this one measured since counts no more: the other measures the same time."""
    held = lease.hold(me)
    taken_over = held.since.replace(second=0, microsecond=0) if held.since and held.holder != me else None
    store.save({key: each for key, each in tallies.items() if not (taken_over and key.minute >= taken_over)})
    return held
