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

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from collab.live import faults
from collab.live.errors import Unavailable

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
        faults.note("database", "The database is away, or answers too late.")
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
        return function(*args, **kwargs)
    except DATABASE_AWAY as error:
        faults.note("database", "The database is away, or answers too late.")
        raise Unavailable from error
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
