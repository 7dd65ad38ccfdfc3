"""The last hour of the whole site, minute by minute, from what its nodes wrote down."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from django.utils import timezone

from collab.live.metrics import BUCKETS
from collab.quantiles import quantile
from collab.watch.models import Node, Sample

MINUTES = 60


def _none() -> list[int]:
    return [0] * (len(BUCKETS) + 1)


@dataclass(slots=True)
class Minute:
    """What all nodes did in a minute."""

    at: datetime.datetime
    events: int = 0
    deliveries: int = 0
    #: People by node, as last seen in it.
    people: dict[str, int] = field(default_factory=dict)
    lag: float = 0.0
    written: list[int] = field(default_factory=_none)
    is_known: bool = False

    @property
    def p50(self) -> float | None:
        """Seconds from commit to screen, of half the events."""
        return quantile(0.5, self.written, BUCKETS, BUCKETS[-1])

    @property
    def p99(self) -> float | None:
        """Likewise of all but one in a hundred."""
        return quantile(0.99, self.written, BUCKETS, BUCKETS[-1])

    def add(self, before: Sample | None, sample: Sample) -> None:
        """What a node did between two of its samples; before the first of them it had just started."""
        self.is_known = True
        self.events += sample.events - (before.events if before else 0)
        self.deliveries += sample.deliveries - (before.deliveries if before else 0)
        self.people[sample.node] = sample.people
        self.lag = max(self.lag, sample.lag)
        earlier = before.written if before else ()
        self.written = [a + b for a, b in zip(self.written, _more(earlier, sample.written), strict=True)]


def _more(earlier: Iterable[int], later: list[int]) -> list[int]:
    before = list(earlier)
    if len(later) != len(BUCKETS) + 1:
        # Another version's node has other buckets, or counts nothing.
        return _none()
    return [b - a for a, b in zip(before, later, strict=True)] if len(before) == len(later) else later


def last_hour() -> list[Minute]:
    """Sixty minutes, the oldest first; those of which nothing is known are there, too."""
    this = timezone.now().replace(second=0, microsecond=0)
    minutes = {
        at: Minute(at) for at in (this - datetime.timedelta(minutes=MINUTES - 1 - number) for number in range(MINUTES))
    }
    for before, sample in _pairs(this - datetime.timedelta(minutes=MINUTES)):
        minute = minutes.get(sample.at.replace(second=0, microsecond=0))
        if minute is not None:
            minute.add(before, sample)
    return list(minutes.values())


def _pairs(since: datetime.datetime) -> Iterator[tuple[Sample | None, Sample]]:
    """Each sample with the one before it of the same node. What was counted before `since` is nobody's."""
    rows = Sample.objects.filter(at__gte=since).order_by("node", "at")
    firsts = _started_since(since)
    for node, samples in groupby(rows, key=lambda sample: sample.node):
        mine = list(samples)
        if node in firsts:
            yield None, mine[0]
        yield from pairwise(mine)


def _started_since(since: datetime.datetime) -> set[str]:
    return set(Node.objects.filter(started_at__gte=since).values_list("name", flat=True))
