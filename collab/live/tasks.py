"""Tasks that belong together: one fails, all end."""

import asyncio
import contextvars
from collections.abc import Coroutine, Iterable
from typing import Any

#: Seconds until a task that did not take its cancellation is told once more.
AGAIN = 0.2


async def run_until_one_fails(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run them side by side. As soon as one ends, or this is cancelled, the others are ended.

    Raises:
        Exception: what the first one failed with.
    """
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks until they have ended.

    Once is not enough, which is why there is no `asyncio.TaskGroup` here: redis-py swallows a cancellation that meets
    it while it connects.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=AGAIN)
        for task in done:
            # Looked at, so that nobody is told later that nobody looked.
            _ = task.cancelled() or task.exception()


class Background:
    """Tasks that run beside whoever started them, and end with it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start one. Called on the loop.

        It is nobody's: what a socket or a request is known by in the log does not stand on its lines.
        """
        task = asyncio.get_running_loop().create_task(coroutine, context=contextvars.Context())
        # The loop itself holds its tasks weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def __len__(self) -> int:
        return len(self._tasks)

    async def end(self) -> None:
        """End them all."""
        await end(list(self._tasks))
