"""Database work from the event loop: one bounded pool of threads, each keeping a connection of its own.

Channels' `database_sync_to_async` would put the work of all sockets on one shared thread, and check all
connections at every call.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from psycopg.errors import LockNotAvailable

from collab.live import faults
from collab.live.errors import Unavailable

logger = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

#: What Django raises while the database is away.
DATABASE_AWAY = (OperationalError, InterfaceError)
#: Seconds that a caller waits for the database; a server that hangs answers nobody.
WITHIN = 10.0

_threads = ThreadPoolExecutor(settings.LIVE_DATABASE_THREADS, thread_name_prefix="database")


async def in_database(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the function on a thread of the pool and return what it returns.

    Raises:
        Unavailable: the database did not answer within `WITHIN` seconds, or is away. Whether something was stored is
            not known: meant for reading, and for what may be done twice.
    """
    try:
        async with asyncio.timeout(WITHIN):
            return await to_the_end(function, *args, **kwargs)
    except TimeoutError as error:
        _availability.failed(error)
        raise Unavailable from error


async def to_the_end(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """The same, however long it takes: for those who must not begin the next thing before this one is over.

    Raises:
        Unavailable: the database is away; where it went in the middle of a commit, something may be stored.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, partial(_guarded, function, *args, **kwargs))


def _guarded(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        result = function(*args, **kwargs)
    except DATABASE_AWAY as error:
        _availability.failed(error)
        raise Unavailable from error
    else:
        _availability.worked()
        return result
    finally:
        if connection.errors_occurred:
            # A broken connection is thrown away; a sound one is kept, since handing it back costs 85 µs a call.
            connection.close()


def waiting() -> int:
    """Calls that wait for a thread."""
    return _threads._work_queue.qsize()  # noqa: SLF001 — no public way to ask.


def pool(name: str) -> int:
    """A number of the pool of connections, by psycopg's name for it; 0 where there is no pool."""
    # Of the backend of PostgreSQL alone.
    found = getattr(connection, "pool", None)
    return found.get_stats().get(name, 0) if found else 0


class Availability:
    """Whether the database answers, told when that changes. Called from all threads: at worst it is told twice."""

    def __init__(self) -> None:
        self.is_away = False

    def failed(self, error: Exception) -> None:
        """A call failed. A room that somebody else holds for long is no sign of a database that is away."""
        if not self.is_away and not isinstance(error.__cause__, LockNotAvailable):
            self.is_away = True
            faults.note("database", "The database is away, or answers too late.")
            logger.warning("database_away", error=error)

    def worked(self) -> None:
        """A call was carried out."""
        if self.is_away:
            self.is_away = False
            logger.info("database_back")


_availability = Availability()


def is_up() -> bool:
    """Whether the last call that was carried out, or could not be, says that the database answers."""
    return not _availability.is_away


def gauges() -> dict[str, int]:
    """Connections of this process to the database, and calls that wait for a thread."""
    return {"connections": pool("pool_size"), "waiting": waiting()}


async def close_connections() -> None:
    """Give back the connections of all threads of the pool."""
    together = threading.Barrier(settings.LIVE_DATABASE_THREADS, timeout=5)

    def close() -> None:
        connection.close()
        together.wait()

    loop = asyncio.get_running_loop()
    await asyncio.gather(
        *(loop.run_in_executor(_threads, close) for _ in range(settings.LIVE_DATABASE_THREADS)),
        return_exceptions=True,
    )
