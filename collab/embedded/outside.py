"""Whether the servers answer that are not the site's own: those of DATABASE_URL and REDIS_URL."""

import copy
from collections.abc import Sequence
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, OperationalError
from django.db.utils import ConnectionHandler

from collab.live import redis_address

from .errors import CannotStart
from .server import Server

PATIENCE = 5

#: What comes of an option that PostgreSQL, psycopg or Django does not know, or that has an odd value.
UNUSABLE = (Error, ImproperlyConfigured, AttributeError, TypeError, ValueError)


def check(*, besides: Sequence[Server]) -> None:
    """Raises CannotStart where one does not answer. Those of `besides` are started later."""
    own = {server.name for server in besides}
    if "postgres" not in own:
        check_database()
    if "valkey" not in own:
        check_redis()


def check_database() -> None:
    """Raises CannotStart where DATABASE_URL leads nowhere, or says something that the site could not use."""
    # All that the site will say, but not through the pool: that would try for long, and not tell why.
    said: dict[str, Any] = copy.deepcopy(settings.DATABASES["default"])
    said["OPTIONS"].pop("pool", None)
    probe = ConnectionHandler({"default": said})["default"]
    try:
        probe.ensure_connection()
    except OperationalError as error:
        raise CannotStart(f"the database at DATABASE_URL does not answer: {first_line(error)}") from error
    except UNUSABLE as error:
        raise CannotStart(f"the database at DATABASE_URL cannot be used: {first_line(error)}") from error
    finally:
        probe.close()


def check_redis() -> None:
    """Raises CannotStart where REDIS_URL leads nowhere."""
    try:
        with redis_address.client(settings.REDIS_URL, socket_timeout=PATIENCE) as client:
            client.ping()
    except redis.RedisError as error:
        raise CannotStart(f"the Redis at REDIS_URL does not answer: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
