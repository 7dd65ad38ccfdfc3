"""Brings what was measured into the database; while that is away it is kept, here and in a file."""

import asyncio
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
        try:
            self._heed(await asyncio.to_thread(closing, lease.hold, self.me), minute)
            # Beats go on meanwhile: what changes while it is saved is saved the next time.
            settled = self._settled(minute)
            tallies = {key: replace(tally, histogram=list(tally.histogram)) for key, tally in self._all().items()}
            await asyncio.to_thread(closing, store.save, tallies)
        except DatabaseError as error:
            self._tell(is_away=True, why=str(error))
            return
        self._tell(is_away=False)
        self._left_over.clear()
        for old in settled:
            self._beats.tallies.pop(old, None)

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

    def _heed(self, held: lease.Held, minute: datetime) -> None:
        self.is_holder = held.holder == self.me
        if not self.is_holder:
            # Nobody judges them any more; they would be late when this one measures again.
            self._beats.void()
            self._give_way((held.since or minute).replace(second=0, microsecond=0))
            self.note(minute)

    def _give_way(self, since: datetime) -> None:
        """What this one measured since another has taken over counts no more: the other measures the same time."""
        self._beats.tallies = {minute: each for minute, each in self._beats.tallies.items() if minute < since}
        self._left_over = {key: each for key, each in self._left_over.items() if key.minute < since}

    def _settled(self, minute: datetime) -> list[datetime]:
        first = min(minute, self._beats.oldest or minute)
        return [each for each in self._beats.tallies if each < first]

    def _tell(self, *, is_away: bool, why: str = "") -> None:
        if is_away and not self._is_away:
            logger.warning("canary_unsaved", error=why)
        elif self._is_away and not is_away:
            logger.info("canary_saved")
        self._is_away = is_away
