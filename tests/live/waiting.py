"""Waiting for a thing, never for a time."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collab.live.batch import Batcher

T = TypeVar("T")
R = TypeVar("R")

#: Seconds after which a thing that was waited for counts as not coming.
PATIENCE = 20.0


async def until(is_so: Callable[[], bool]) -> None:
    """Return as soon as it is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 — for what tells nobody that it has come.
            await asyncio.sleep(0.005)


@contextlib.contextmanager
def keeping_busy(batcher: "Batcher[T, R]", item: T) -> Iterator[None]:
    """Some of this always wait: the batcher is never idle."""

    async def submit() -> None:
        while True:
            if batcher.gauges()["waiting"] < 10:
                batcher.submit(item)
            await asyncio.sleep(0)

    submitting = asyncio.create_task(submit())
    try:
        yield
    finally:
        submitting.cancel()
