"""What the whole site has, for the metrics: each node says the same, so take the largest."""

import asyncio

import redis
from django.conf import settings
from django.db.models import Count, Sum

from collab.backup import record
from collab.live import metrics, presence, redis_address
from collab.live.database import in_database
from rooms.models import Delivery

#: Celery's queue in Redis, by Celery's own name for it.
QUEUE = "celery"
#: Seconds for Redis to answer.
WITHIN = 1

_deliveries = metrics.by("deliveries_by_state", "Mails, by state; the same on each node.", "state")
_queue = metrics.by("celery_queue", "Tasks that wait for a worker; the same on each node.", "queue")
_tries = metrics.by("delivery_tries", "Tries that the mails of each state took; the same on each node.", "state")


def backup_made() -> float:
    """When the last backup was made, in seconds since 1970; 0: nobody knows of one here."""
    made = record.last(settings.VAR_DIR)
    return made.at.timestamp() if made else 0.0


metrics.hold("backup_made_timestamp_seconds", "When the last backup was made on this machine; 0: never.", backup_made)


async def refresh() -> None:
    """Look again. What cannot be seen, since Redis is away, stays as it was.

    Raises:
        Unavailable: the database is away.
    """
    for state, (count, tries) in (await in_database(by_state)).items():
        _deliveries.labels(state).set(count)
        _tries.labels(state).set(tries)
    queued = await asyncio.to_thread(queue_depth)
    if queued is not None:
        _queue.labels(QUEUE).set(queued)


def by_state() -> dict[str, tuple[int, int]]:
    """By state of deliveries, how many there are, and how often they were tried."""
    rows = Delivery.objects.order_by().values_list("state").annotate(Count("pk"), Sum("attempts"))
    found = {state: (count, tries) for state, count, tries in rows}
    return {state.value: found.get(state.value, (0, 0)) for state in Delivery.State}


def queue_depth() -> int | None:
    """Tasks that wait for a worker; None: Redis is away."""
    try:
        with redis_address.client(settings.REDIS_URL, socket_timeout=WITHIN) as client:
            return int(client.llen(QUEUE))
    except redis.RedisError:
        return None


def people_online() -> int | None:
    """People of the whole site, each once on however many nodes they are; None: Redis is away."""
    try:
        return len(frozenset[int]().union(*presence.everyone().values()))
    except presence.Unknown:
        return None
