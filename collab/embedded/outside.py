"""Whether the servers answer that are not the site's own: those of DATABASE_URL and REDIS_URL."""

from collections.abc import Sequence
from typing import Any

import psycopg
import redis
from django.conf import settings

from collab.live import redis_address

from .errors import CannotStart
from .server import Server

PATIENCE = 5


def check(*, besides: Sequence[Server]) -> None:
    """Raises CannotStart where one does not answer. Those of `besides` are started later."""
    own = {server.name for server in besides}
    if "postgres" not in own:
        check_database()
    if "valkey" not in own:
        check_redis()


def check_database() -> None:
    """Raises CannotStart where DATABASE_URL leads nowhere."""
    said: dict[str, Any] = settings.DATABASES["default"]
    try:
        psycopg.connect(
            host=said["HOST"],
            port=said["PORT"],
            user=said["USER"],
            password=said["PASSWORD"],
            dbname=said["NAME"],
            connect_timeout=PATIENCE,
        ).close()
    except psycopg.OperationalError as error:
        raise CannotStart(f"the database at DATABASE_URL does not answer: {first_line(error)}") from error


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
