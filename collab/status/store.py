"""Writing what was measured, and reading it: a minute a row, an hour a row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils import timezone

from . import rules
from .models import Hour, Measured, Minute
from .tally import Tally, total

P = ParamSpec("P")
R = TypeVar("R")

FIELDS = ("beats", "accepted", "delivered", "lost", "unavailable", "histogram", "longest")
#: Minutes that may still come, from a process that could not write for a while, are summed up after so long yet.
STILL_COMING = timedelta(days=3)
#: Rows removed by one statement.
BATCH = 5_000


class Key(NamedTuple):
    """Which row a tally belongs to."""

    minute: datetime
    holder: str


class Record(NamedTuple):
    """What is known of the last weeks."""

    #: By minute, those of the last day.
    minutes: dict[datetime, Tally]
    #: By minute, those of all days in which something was wrong.
    troubled: dict[datetime, Tally]
    #: By hour, with how many of its minutes were measured.
    hours: dict[datetime, tuple[Tally, int]]
    #: The first minute that was ever measured, as far as is kept.
    since: datetime | None


def closing(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the function on a thread of its own, and leave no connection behind there."""
    try:
        return function(*args, **kwargs)
    finally:
        connection.close()


def save(tallies: Mapping[Key, Tally]) -> None:
    """Write rows, over what was written of them before: the same may be saved twice."""
    rows = [
        Minute(minute=key.minute, holder=key.holder, median=tally.median, **_fields(tally))
        for key, tally in tallies.items()
    ]
    Minute.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["minute", "holder"],
        update_fields=["median", *FIELDS],
    )


def sum_up(now: datetime | None = None) -> int:
    """Write the sums of the hours of which minutes may have come, or that were never summed up; how many hours."""
    now = now or timezone.now()
    # Celery may have been away for longer than minutes are still coming.
    summed_to = Hour.objects.aggregate(newest=Max("hour"))["newest"] or _first_day(now)
    since = min(now - STILL_COMING, summed_to).replace(minute=0, second=0, microsecond=0)
    by_hour: defaultdict[datetime, dict[datetime, Tally]] = defaultdict(dict)
    for minute, tally in by_minute(Minute.objects.filter(minute__gte=since)).items():
        by_hour[minute.replace(minute=0)][minute] = tally
    rows = [Hour(hour=hour, minutes=len(each), **_fields(total(each.values()))) for hour, each in by_hour.items()]
    Hour.objects.bulk_create(rows, update_conflicts=True, unique_fields=["hour"], update_fields=["minutes", *FIELDS])
    return len(rows)


def clear(now: datetime | None = None) -> int:
    """Forget what is older than `rules.KEPT`; how many rows. Bounded: what is left over goes the next time."""
    before = (now or timezone.now()) - rules.KEPT
    old = Minute.objects.filter(minute__lt=before).values("pk")[:BATCH]
    gone, _ = Minute.objects.filter(pk__in=old).delete()
    more, _ = Hour.objects.filter(hour__lt=before).delete()
    return gone + more


def read(now: datetime) -> Record:
    """What the page is made of. Four queries."""
    first_day = _first_day(now)
    hours = {row.hour: (_tally(row), row.minutes) for row in Hour.objects.filter(hour__gte=first_day)}
    # What was not summed up yet is read by the minute: today's, or more where Celery was away.
    summed_to = max(hours, default=first_day)
    recent = by_minute(Minute.objects.filter(minute__gte=min(now - timedelta(days=1), summed_to)))
    wrong = Q(unavailable__gt=0) | Q(lost__gt=0) | Q(median__gt=rules.SLOW)
    troubled = by_minute(Minute.objects.filter(wrong, minute__gte=first_day))
    hours |= _last_hours(recent, summed_to)
    since = Minute.objects.aggregate(first=Min("minute"))["first"]
    return Record(minutes=recent, troubled=troubled, hours=hours, since=since)


def by_minute(rows: Iterable[Minute]) -> dict[datetime, Tally]:
    """One tally a minute, in order, whoever measured."""
    found: dict[datetime, Tally] = {}
    for row in sorted(rows, key=lambda row: row.minute):
        tally = _tally(row)
        found[row.minute] = found[row.minute] + tally if row.minute in found else tally
    return found


def _first_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=rules.DAYS - 1)


def _last_hours(minutes: Mapping[datetime, Tally], since: datetime) -> dict[datetime, tuple[Tally, int]]:
    found: defaultdict[datetime, list[Tally]] = defaultdict(list)
    for minute, tally in minutes.items():
        if minute >= since:
            found[minute.replace(minute=0)].append(tally)
    return {hour: (total(each), len(each)) for hour, each in found.items()}


def _tally(row: Measured) -> Tally:
    return Tally(**{name: getattr(row, name) for name in FIELDS})


def _fields(tally: Tally) -> dict[str, object]:
    return {name: getattr(tally, name) for name in FIELDS}
