"""What a node writes down about itself: one transaction every few seconds."""

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.utils import timezone

from collab.live import faults, metrics
from collab.live.faults import Fault as Met
from collab.live.journeys import Taken
from collab.watch import passages
from collab.watch.models import Fault, Node, Passage, Sample
from collab.watch.passages import moment
from collab.watch.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which process it is."""

    name: str
    host: str
    port: str
    pid: int
    build: str
    started_at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is to be written down at one time."""

    said: Report
    counted: metrics.Counted
    taken: Taken
    met: Sequence[Met]
    #: It is time for a sample, too.
    is_sample: bool


@transaction.atomic
def keep(who: Identity, page: Page) -> bool:
    """Write it down; whether somebody wants this node to send its people on."""
    now = timezone.now()
    wants_drain = _keep_node(who, page.said, now)
    if page.is_sample:
        _sample(who.name, page, now).save(force_insert=True)
    if (passage := passages.pack(who.name, page.taken)) is not None:
        passage.save(force_insert=True)
    _keep_faults(who.name, page.met)
    return wants_drain


def _keep_node(who: Identity, said: Report, now: datetime.datetime) -> bool:
    seen = {"seen_at": now, "report": msgspec.to_builtins(said)}
    node, _ = Node.objects.update_or_create(
        name=who.name, defaults=seen, create_defaults={**dataclasses.asdict(who), **seen}
    )
    return node.wants_drain


def _sample(name: str, page: Page, now: datetime.datetime) -> Sample:
    return Sample(
        node=name,
        at=now,
        events=page.counted.events,
        deliveries=page.counted.deliveries,
        written=page.counted.written,
        people=page.said.people,
        lag=page.said.lag,
    )


def _keep_faults(name: str, met: Sequence[faults.Fault]) -> None:
    rows = [
        Fault(
            node=name,
            kind=fault.kind,
            text=fault.text,
            began_at=moment(fault.began),
            last_at=moment(fault.last),
            count=fault.count,
        )
        for fault in met
    ]
    Fault.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["node", "kind", "text", "began_at"],
        update_fields=["last_at", "count"],
    )


def note_left(name: str) -> None:
    """The node stopped in good order."""
    Node.objects.filter(pk=name).update(left_at=timezone.now())


#: How long each is kept.
SAMPLES_FOR = datetime.timedelta(hours=25)
NODES_FOR = datetime.timedelta(days=2)
FAULTS_FOR = datetime.timedelta(days=30)


def clear(passages_for: datetime.timedelta) -> int:
    """Forget what is old; how many rows."""
    now = timezone.now()
    old = [
        Sample.objects.filter(at__lt=now - SAMPLES_FOR),
        Passage.objects.filter(at__lt=now - passages_for),
        Fault.objects.filter(last_at__lt=now - FAULTS_FOR),
        Node.objects.filter(seen_at__lt=now - NODES_FOR),
    ]
    return sum(rows.delete()[0] for rows in old)
