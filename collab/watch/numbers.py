"""What the whole site has, for the metrics: each node says the same, so take the largest."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

import redis
from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from collab import pulse
from collab.backup import record
from collab.live import metrics, presence, redis_address
from collab.live.database import in_database
from collab.status.models import Minute
from rooms.models import Delivery

#: Celery's queue in Redis, by Celery's own name for it.
QUEUE = "celery"
#: Seconds for Redis to answer.
WITHIN = 1
#: What the canary measured lately, the minute that is under way included.
LATELY = timedelta(minutes=3)
NOBODY_KNOWS = float("nan")
NEVER = float("inf")

_deliveries = metrics.by("deliveries_by_state", "Mails, by state; the same on each node.", "state")
_queue = metrics.by("celery_queue", "Tasks that wait for a worker; the same on each node.", "queue")
_tries = metrics.by("delivery_tries", "Tries that the mails of each state took; the same on each node.", "state")
_pulse = metrics.by(
    "celery_pulse_seconds", "Since a worker last did what the clock asks for every few seconds; the same on each node."
)
_failing = metrics.by(
    "canary_failing", "Share of the canary's messages of the last minutes that failed; the same on each node."
)


async def refresh() -> None:
    """Look again. What cannot be seen, since Redis is away, stays as it was.

    Raises:
        Unavailable: the database is away.
    """
    tasks = await asyncio.to_thread(celery)
    if tasks is not None:
        _queue.labels(QUEUE).set(tasks.waiting)
        _pulse.set(tasks.pulse_age)
    for state, (count, tries) in (await in_database(by_state)).items():
        _deliveries.labels(state).set(count)
        _tries.labels(state).set(tries)
    _failing.set(await in_database(canary_failing))


def by_state() -> dict[str, tuple[int, int]]:
    """By state of deliveries, how many there are, and how often they were tried."""
    rows = Delivery.objects.order_by().values_list("state").annotate(Count("pk"), Sum("attempts"))
    found = {state: (count, tries) for state, count, tries in rows}
    return {state.value: found.get(state.value, (0, 0)) for state in Delivery.State}


class Tasks(NamedTuple):
    """Tasks that wait for a worker, and the age of the last pulse in seconds; of none for long, infinite."""

    waiting: int
    pulse_age: float


def celery() -> Tasks | None:
    """How it is; None: Redis is away."""
    try:
        with redis_address.client(settings.REDIS_URL, socket_timeout=WITHIN) as client:
            last = pulse.last(client)
            return Tasks(int(client.llen(QUEUE)), last.age if last else NEVER)
    except redis.RedisError:
        return None


def canary_failing() -> float:
    """Share of its messages that failed within the last minutes, 0 to 1; not a number where it sent none."""
    lately = Minute.objects.filter(minute__gte=timezone.now() - LATELY)
    found = lately.aggregate(beats=Sum("beats"), failed=Sum("unavailable"))
    return found["failed"] / found["beats"] if found["beats"] else NOBODY_KNOWS


def people_online() -> int | None:
    """People of the whole site, each once on however many nodes they are; None: Redis is away."""
    try:
        return len(presence.everybody())
    except presence.Unknown:
        return None


def backup_made() -> float:
    """When the last backup was made, in seconds since 1970; 0: nobody knows of one here."""
    made = record.last(settings.VAR_DIR)
    return made.at.timestamp() if made else 0.0


metrics.hold("backup_made_timestamp_seconds", "When the last backup was made on this machine; 0: never.", backup_made)
