"""Database work from the event loop: one bounded pool of threads, each with its own connection.

Channels' `database_sync_to_async` would put the work of all sockets on one shared thread, and check all
connections at every call.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from collab.live.errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

_threads = ThreadPoolExecutor(settings.LIVE_DATABASE_THREADS, thread_name_prefix="database")


async def in_database(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the function on a thread of the pool and return what it returns.

    Raises:
        Unavailable: the database did not answer; nothing was stored.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, partial(_guarded, function, *args, **kwargs))


def _guarded(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        raise Unavailable from error
    finally:
        if connection.errors_occurred or not connection.in_atomic_block:
            # With a pool behind it this hands the connection back, and a broken one is thrown away.
            connection.close_if_unusable_or_obsolete()
