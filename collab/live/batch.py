"""Group commit: what arrives while one batch is being stored goes into the next, all at once."""

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

from collab.live import metrics, spans
from collab.live.database import DATABASE_AWAY, WITHIN, to_the_end
from collab.live.errors import Unavailable

logger = structlog.get_logger(__name__)

#: Seconds above which a batch was slow.
SLOW = 0.1

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Hands items to `work` in batches, one batch at a time.

    Items of one owner keep their order; owners take turns, and a batch weighs little, so that nobody waits long behind
    the many or heavy items of another.

    Args:
        work: is called on a database thread with the items; returns a result for each.
        name: what it is called in log and metrics.
        owner: whose item it is.
        weigh: what an item weighs.
        most: items a batch.
        heaviest: weight a batch, unless a single item weighs more.
        bound: items that may wait; over it they are refused.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Sequence[R | Exception]],
        *,
        name: str = "batch",
        owner: Callable[[T], Hashable] = lambda item: None,
        weigh: Callable[[T], int] = lambda item: 0,
        most: int = 100,
        heaviest: int = 0,
        bound: int = 5_000,
    ) -> None:
        self._work = work
        self._name = name
        self._links: list[Any] = []
        self._owner = owner
        self._weigh = weigh
        self._most = most
        self._heaviest = heaviest
        self._bound = bound
        self._sizes, self._times = metrics.BATCH_SIZE.labels(name), metrics.BATCH_SECONDS.labels(name)
        self._count = 0
        self._taken_in = 0
        #: By the number under which it was taken in; the oldest first.
        self._unanswered: dict[int, asyncio.Future[R]] = {}
        self._waiting: dict[Hashable, deque[tuple[T, asyncio.Future[R]]]] = {}
        self._worker: asyncio.Task[None] | None = None

    def submit(self, item: T) -> asyncio.Future[R]:
        """The item's result, once its batch is through.

        The future raises CodedError: the item was refused, or the queue is full, or the database is away. Where the
        database hangs, the item may yet be carried out after that was said: a retry must be able to tell.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        if self._count >= self._bound:
            future.set_exception(Unavailable())
            return future
        self._waiting.setdefault(self._owner(item), deque()).append((item, future))
        self._count += 1
        timer = loop.call_later(WITHIN, _settle, future, Unavailable())
        self._taken_in += 1
        self._unanswered[self._taken_in] = future
        future.add_done_callback(partial(self._forget, self._taken_in, timer))
        if spans.tracer is not None:
            self._links.append(spans.link())
        if self._worker is None:
            # Whoever came first is not who all that follows is done for.
            self._worker = loop.create_task(self._drain(), context=contextvars.Context())
        return future

    @property
    def waiting(self) -> int:
        """Items that were not begun yet."""
        return self._count

    @property
    def is_hard_pressed(self) -> bool:
        """So much waits that more is soon refused."""
        return self._count > self._bound // 2

    def gauges(self) -> dict[str, int]:
        """What waits."""
        return {"waiting": self._count, "workers": int(self._worker is not None)}

    async def idle(self) -> None:
        """Until everything that was taken in is through."""
        while self._worker is not None:
            await asyncio.wait([self._worker])

    async def settled(self) -> None:
        """Until everything that was taken in before now is answered, whatever is taken in meanwhile."""
        newest = self._taken_in
        while (oldest := next(iter(self._unanswered), newest + 1)) <= newest:
            await asyncio.wait([self._unanswered[oldest]])

    def _forget(self, number: int, timer: asyncio.TimerHandle, _: "asyncio.Future[R]") -> None:
        timer.cancel()
        del self._unanswered[number]

    async def _drain(self) -> None:
        try:
            while self._waiting:
                # One that was given up while it waited is not begun any more.
                if batch := [(item, future) for item, future in self._take() if not future.done()]:
                    await self._carry_out(batch)
        finally:
            self._worker = None

    def _take(self) -> list[tuple[T, "asyncio.Future[R]"]]:
        batch: list[tuple[T, asyncio.Future[R]]] = []
        weight = 0
        while self._waiting and len(batch) < self._most and (not batch or weight <= self._heaviest):
            owner = next(iter(self._waiting))
            # Whoever has had a turn stands at the end of the line.
            items = self._waiting.pop(owner)
            batch.append(items.popleft())
            weight += self._weigh(batch[-1][0])
            if items:
                self._waiting[owner] = items
        self._count -= len(batch)
        return batch

    async def _carry_out(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        results: Sequence[R | Exception]
        links, self._links = self._links, []
        began = time.perf_counter()
        try:
            # To the end, also where nobody waits for it any more: two batches at once could change places.
            with spans.span("batch", links=links, work=self._name, items=len(batch)):
                results = await to_the_end(self._work, [item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 — whatever it is, everyone who waits is told, and the next batch goes on.
            results = [error] * len(batch)
        self._sizes.observe(len(batch))
        self._times.observe(time.perf_counter() - began)
        for (_, future), result in zip(batch, results, strict=True):
            _settle(future, result)
        if (took := time.perf_counter() - began) > SLOW:
            logger.warning("batch_slow", work=self._name, items=len(batch), ms=round(took * 1000), waiting=self._count)


def apart(work: Callable[[Sequence[T]], Sequence[R]]) -> Callable[[Sequence[T]], Sequence[R | Exception]]:
    """The same work, done for each item alone where it fails for all: one that cannot be done takes no other with it.

    For reading: what it did before it failed is done again.
    """

    def each(items: Sequence[T]) -> Sequence[R | Exception]:
        try:
            return work(items)
        except DATABASE_AWAY:
            raise
        except Exception:  # noqa: BLE001 — whatever it is, it is tried again alone and then told to whom it belongs.
            return [_alone(work, item) for item in items]

    return each


def _alone(work: Callable[[Sequence[T]], Sequence[R]], item: T) -> R | Exception:
    try:
        return work([item])[0]
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 — as above.
        return error


def _settle(future: "asyncio.Future[R]", result: R | Exception) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
