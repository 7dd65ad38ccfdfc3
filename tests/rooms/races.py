"""Two people at the same moment, each on a connection of their own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

#: Seconds after which what was waited for counts as not coming.
PATIENCE = 20.0

WAITS_FOR_ME = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
)


class Meanwhile:
    """What somebody else does while this thread's transaction is open."""

    def __init__(self, deed: Callable[[], object], threads: ThreadPoolExecutor) -> None:
        self._deed = deed
        self._threads = threads

    def begin(self) -> None:
        """Have it done until it waits for this thread's transaction, or is over."""
        self._running = self._threads.submit(self._do)
        until = time.monotonic() + PATIENCE
        while not self._running.done() and not _is_waited_for():
            assert time.monotonic() < until
            time.sleep(0.005)

    def outcome(self) -> Any:
        """What it returned, or why it was refused."""
        return self._running.result(PATIENCE)

    def _do(self) -> object:
        try:
            return self._deed()
        except Exception as error:  # noqa: BLE001 — whatever it is, the test asks for it.
            return error
        finally:
            connection.close()


@contextmanager
def meanwhile(deed: Callable[[], object]) -> Iterator[Meanwhile]:
    """A deed to be begun in the middle of something else."""
    with ThreadPoolExecutor(1) as threads:
        yield Meanwhile(deed, threads)


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_ME)
        return bool(cursor.fetchone()[0])
