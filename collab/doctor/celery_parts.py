"""Celery: whether a worker answers, beat beats, and nothing piles up."""

import time
from typing import Any, cast

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from collab import pulse
from collab.doctor.finding import Finding, Unknown, fine, to_do, wrong
from collab.doctor.redis_server import connected
from collab.doctor.registry import Subject
from collab.doctor.site import Site

subject = Subject("Celery", asks_nodes=True)

#: Seconds that a worker has to answer.
WITHIN = 2.0
QUEUE = "celery"
#: Tasks that wait: some hundred are a minute's, at most.
MANY = 200


def ping(site: Site) -> list[dict[str, Any]]:
    """The first worker's answer; empty where none answers in time."""
    connected(site)
    app = Celery("doctor", set_as_current=False)
    app.conf.update(
        broker_url=site.settings.CELERY_BROKER_URL,
        broker_transport_options=site.settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        broker_connection_timeout=WITHIN,
    )
    try:
        found = app.control.broadcast("ping", reply=True, timeout=WITHIN, limit=1)
        return cast("list[dict[str, Any]]", found or [])
    except (OperationalError, redis.RedisError, OSError) as error:
        raise Unknown("Redis does not answer Celery; see the check redis") from error
    finally:
        app.close()


@subject.check("worker")
def worker(site: Site) -> Finding:
    """A Celery worker answers."""
    if site.once(ping):
        return fine("answers")
    return wrong(
        "No Celery worker answers: no mail goes out, and people who lost their line stay “online”.",
        site.keep_running("worker"),
    )


@subject.check("beat")
def beat(site: Site) -> Finding:
    """Celery's clock has the workers do what is due."""
    client = connected(site)
    last = pulse.last(client)
    if last is not None and last.age <= pulse.LATE:
        return fine(f"a pulse {last.age:.0f} s ago")
    if not site.once(ping):
        raise Unknown("no worker answers; see the check worker")
    if last is None and (last := _next_pulse(site, client)):
        return fine("its first pulse came just now")
    since = f"for {last.age:.0f} s" if last else "ever"
    return wrong(
        f"Workers were not asked to do anything {since}: Celery's clock does not run, and no mail goes out.",
        site.keep_running("beat"),
    )


def _next_pulse(site: Site, client: "redis.Redis") -> pulse.Pulse | None:
    """Where beat was started just now, its first is due soon."""
    every = site.settings.CELERY_BEAT_SCHEDULE["collab.tasks.note_pulse"]["schedule"]
    end = time.monotonic() + every + 1
    while (found := pulse.last(client)) is None and time.monotonic() < end:
        time.sleep(0.2)
    return found


@subject.check("queue")
def queue(site: Site) -> Finding:
    """Tasks are done as fast as they come."""
    return judge_queue(site, connected(site).llen(QUEUE))


def judge_queue(site: Site, waiting: int) -> Finding:
    """By how many tasks wait."""
    if waiting < MANY:
        return fine(f"{waiting} wait")
    says = f"{waiting} tasks wait: the workers do not keep up, or do not run. One more:"
    return (wrong if waiting > 10 * MANY else to_do)(says, site.keep_running("worker"))
