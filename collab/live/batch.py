"""Group commit: what arrives while one batch is being stored goes into the next, all at once."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from collab.live.database import in_database
from collab.live.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Hands items to `work` in batches, in the order they came, one batch at a time.

    Args:
        work: is called on a database thread with the items; returns a result for each.
        most: items a batch.
        bound: items that may wait; over it they are refused.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, most: int = 100, bound: int = 5_000):
        self._work = work
        self._most = most
        self._bound = bound
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    def submit(self, item: T) -> asyncio.Future[R]:
        """The item's result, once its batch is through.

        The future raises CodedError: the item was refused, or the queue is full, or the database is away.
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self._bound:
            future.set_exception(Unavailable())
            return future
        self._waiting.append((item, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._drain())
        return future

    async def idle(self) -> None:
        """Until everything that was taken in is through."""
        while self._worker is not None:
            await asyncio.wait([self._worker])

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                await self._carry_out(batch)
        finally:
            self._worker = None

    async def _carry_out(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        results: Sequence[R | Exception]
        try:
            results = await in_database(self._work, [item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 — whatever it is, everyone who waits is told, and the next batch goes on.
            results = [error] * len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            _settle(future, result)


def _settle(future: "asyncio.Future[R]", result: R | Exception) -> None:
    if future.cancelled():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
