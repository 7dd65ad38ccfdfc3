"""Whether Celery lives: beat asks every few seconds, a worker notes it in Redis, and anybody may look how long ago.

A fresh pulse proves the whole way: beat, the queue, and a worker that carries tasks out.
"""

import json
import socket
import time
from typing import Any, NamedTuple

import redis
from django.conf import settings

from collab.live import redis_address
from collab.version import CODE

#: Seconds after which something has stopped; one is due every five.
LATE = 30

_KEY = "collab:pulse"
#: Seconds for which the last pulse is remembered.
_KEPT = 7 * 24 * 3600


class Pulse(NamedTuple):
    """The last one.

    age: seconds, by Redis' own clock.
    worker: the machine of whoever noted it.
    code: which code it runs (`collab.version`).
    """

    age: float
    worker: str
    code: str


def note() -> None:
    """A worker is alive, and somebody asked it to say so."""
    with redis_address.client(settings.REDIS_URL, socket_timeout=5) as client:
        client.set(_KEY, json.dumps([socket.gethostname(), CODE]), ex=_KEPT)


def last(client: "redis.Redis") -> Pulse | None:
    """The last pulse; None where there was none for a week.

    Raises:
        redis.RedisError: Redis is away.
    """
    # What is left of its life tells its age, whatever any machine's clock says.
    pipeline: Any = client.pipeline()
    noted, left = pipeline.get(_KEY).pttl(_KEY).execute()
    if noted is None:
        return None
    worker, code = json.loads(noted)
    return Pulse(_KEPT - left / 1000, worker, code)


def comes(seconds: float) -> bool:
    """Wait for one that is noted from now on; whether it came within so many seconds.

    Raises:
        redis.RedisError: Redis is away.
    """
    began = time.monotonic()
    with redis_address.client(settings.REDIS_URL, socket_timeout=5) as client:
        while (waited := time.monotonic() - began) < seconds:
            found = last(client)
            # An age is the difference of two times in whole milliseconds.
            if found is not None and found.age < waited - 0.01:
                return True
            time.sleep(0.1)
    return False
