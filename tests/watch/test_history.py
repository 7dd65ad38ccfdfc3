import datetime

import pytest
from django.utils import timezone

from collab.live.metrics import BUCKETS
from collab.watch.history import MINUTES, last_hour
from collab.watch.models import Node, Sample

pytestmark = pytest.mark.django_db


def minutes_ago(number: int) -> datetime.datetime:
    return timezone.now().replace(second=30, microsecond=0) - datetime.timedelta(minutes=number)


def started(node: str, at: datetime.datetime) -> None:
    Node.objects.create(
        name=node, host="h", port="1", pid=1, build="b", started_at=at, seen_at=timezone.now(), report={}
    )


def sample(node: str, at: datetime.datetime, events: int, people: int = 0, written: list[int] | None = None) -> None:
    counts = written if written is not None else [events, *[0] * len(BUCKETS)]
    Sample.objects.create(
        node=node,
        at=at,
        events=events,
        deliveries=2 * events,
        people=people,
        lag=0.01,
        written=counts,
    )


def test_an_hour_of_nothing_is_sixty_unknown_minutes() -> None:
    minutes = last_hour()
    assert len(minutes) == MINUTES
    assert not any(minute.is_known or minute.p50 for minute in minutes)


def test_a_minute_has_what_all_nodes_did_in_it() -> None:
    for node, before, after in (("a", 100, 160), ("b", 7, 67)):
        started(node, minutes_ago(600))
        sample(node, minutes_ago(3), before, people=9)
        sample(node, minutes_ago(2), after, people=10)
    minute = last_hour()[-3]
    assert (minute.events, minute.deliveries, sum(minute.people.values())) == (120, 240, 20)
    assert minute.p50 == pytest.approx(BUCKETS[0] / 2)
    # What the oldest sample counted was before it.
    assert last_hour()[-4].events == 0


def test_what_a_node_did_from_its_start_to_its_first_sample_counts() -> None:
    started("a", minutes_ago(5))
    sample("a", minutes_ago(4), 30)
    assert last_hour()[-5].events == 30


def test_buckets_of_another_version_count_as_none() -> None:
    started("a", minutes_ago(5))
    sample("a", minutes_ago(4), 30, written=[30])
    assert last_hour()[-5].p99 is None
