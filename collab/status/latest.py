"""The newest report, made once for a crowd; where the database is away, of what this node last knew."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from collab.live.database import DATABASE_AWAY
from collab.status import journal, store
from collab.status.report import DAY, Report, report
from collab.status.store import Record
from collab.status.tally import State, Tally

logger = structlog.get_logger(__name__)

#: Seconds for which a report is told again. What it says changes every ten (`collab.status.lease.RENEWED`).
FRESH = 5.0
#: Seconds that somebody waits for the database; it answers in some milliseconds, or is as good as away.
WITHIN = 2.0
#: Seconds from the question after which an answer that came too late for one visitor is not told to the next as new:
#: hours may have gone by. More than `FRESH`, so that of a database that is merely slow something is told at all.
OLD = 30.0


class Latest:
    """Of one process. One thread at a time asks the database; the others are told what was known before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._record = Record({}, {}, {}, None)
        self._made_at = -FRESH
        self._away_since: datetime | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="status")
        self._reading: Future[Record] | None = None
        self._asked_at = 0.0

    def report(self) -> Report:
        """At most `FRESH` seconds old, or as old as it takes to make another."""
        known = self._report
        if known is not None and (time.monotonic() - self._made_at < FRESH or self._lock.locked()):
            return known
        with self._lock:
            if self._report is None or time.monotonic() - self._made_at >= FRESH:
                self._report = self._make()
                # Counted from its end: while the database is away each try takes seconds.
                self._made_at = time.monotonic()
            return self._report

    def _make(self) -> Report:
        now = datetime.now(UTC)
        is_fresh = self._read(now)
        record = completed(self._record, journal.read(), now - DAY)
        return report(record, now, is_fresh=is_fresh, away_since=self._away_since)

    def _read(self, now: datetime) -> bool:
        """Whether there is a new record; where the database hangs it is asked once, and waited for `WITHIN` at most."""
        reading = self._asked(now)
        away_since = self._away_since or now
        self._away_since = None
        try:
            self._record = reading.result(WITHIN)
        except (TimeoutError, *DATABASE_AWAY):
            self._away_since = away_since
            return False
        except Exception:
            # It has answered, such as that a table is not there: the page stands all the same.
            logger.exception("status_failed")
            return False
        finally:
            self._reading = None if reading.done() else reading
        return True

    def _asked(self, now: datetime) -> Future[Record]:
        """What was asked for before, if it is under way or its answer still new; else it is asked for anew."""
        is_old = time.monotonic() - self._asked_at > OLD
        if self._reading is not None and not (is_old and self._reading.done()):
            return self._reading
        self._asked_at = time.monotonic()
        return self._thread.submit(store.closing, store.read, now)


def completed(record: Record, kept: dict[store.Key, Tally], since: datetime) -> Record:
    """The record with what a canary on this machine has not brought into the database yet.

    Not of before `since`: of that the record has no minutes, and nobody can tell what is in its sums already.
    """
    ours: dict[datetime, Tally] = {}
    for key, tally in kept.items():
        if key.minute < since:
            continue
        ours[key.minute] = ours[key.minute] + tally if key.minute in ours else tally
    news = {minute: each for minute, each in ours.items() if each.beats > _beats(record.minutes.get(minute))}
    troubled = {minute: each for minute, each in news.items() if each.state > State.WORKS}
    hours = dict(record.hours)
    for minute, tally in news.items():
        if minute not in record.minutes:
            sums, minutes = hours.get(minute.replace(minute=0), (Tally(), 0))
            hours[minute.replace(minute=0)] = (sums + tally, minutes + 1)
    return Record(record.minutes | news, record.troubled | troubled, hours, record.since)


def _beats(tally: Tally | None) -> int:
    return tally.beats if tally else 0


latest = Latest()
