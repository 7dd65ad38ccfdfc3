"""A database that takes what it is asked and answers nothing."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from collab.live import batch, database
from collab.live.batch import Batcher
from collab.live.database import in_database
from collab.live.errors import Unavailable


class Hanging:
    """Work that hangs until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun: list[list[int]] = []

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.begun.append(list(items))
        assert self.go_on.wait(20)
        return list(items)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WITHIN", 0.05)
    monkeypatch.setattr(database, "WITHIN", 0.05)


async def test_nobody_waits_longer_than_is_bearable() -> None:
    work = Hanging()
    batcher: Batcher[int, int] = Batcher(work)
    for submitted in [batcher.submit(number) for number in range(3)]:
        with pytest.raises(Unavailable):
            await submitted
    work.go_on.set()
    await batcher.idle()


async def test_no_batch_begins_while_another_hangs_and_what_was_given_up_is_not_begun() -> None:
    work = Hanging()
    batcher: Batcher[int, int] = Batcher(work)
    first = batcher.submit(1)
    await asyncio.sleep(0)
    given_up = batcher.submit(2)
    for submitted in (first, given_up):
        with pytest.raises(Unavailable):
            await submitted
    assert work.begun == [[1]]
    last = batcher.submit(3)
    work.go_on.set()
    assert await last == 3
    assert work.begun == [[1], [3]]


async def test_whoever_reads_is_told_in_time_too() -> None:
    work = Hanging()
    with pytest.raises(Unavailable):
        await in_database(work, [1])
    work.go_on.set()
