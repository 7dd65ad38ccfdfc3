"""What only counts in its newest state: the highest number of each key, written once."""

import asyncio
from collections.abc import Mapping

import pytest

from collab.live import coalesce
from collab.live.coalesce import Highest
from collab.live.database import in_database
from collab.live.errors import Unavailable
from collab.live.tasks import end
from tests.live.waiting import until


class Shelf:
    """Where it is written."""

    def __init__(self) -> None:
        self.writes: list[dict[str, int]] = []
        self.error: Exception | None = None

    def write(self, numbers: Mapping[str, int]) -> None:
        if self.error:
            raise self.error
        self.writes.append(dict(numbers))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def test_the_highest_of_each_is_written_and_what_did_not_change_is_not(shelf: Shelf) -> None:
    noted: Highest[str] = Highest(shelf.write, every=60)
    for key, number in (("a", 1), ("b", 5), ("a", 3), ("a", 2)):
        noted.note(key, number)
    await noted.flush()
    noted.note("a", 3)
    noted.note("b", 4)
    await noted.flush()
    noted.note("b", 6)
    await noted.flush()
    assert shelf.writes == [{"a": 3, "b": 5}, {"b": 6}]


async def test_an_error_that_nobody_foresaw_does_not_end_the_writing(shelf: Shelf) -> None:
    noted: Highest[str] = Highest(shelf.write, every=60)
    noted.note("a", 1)
    shelf.error = KeyError("a")
    await noted.flush()
    shelf.error = None
    await noted.flush()
    assert shelf.writes == [{"a": 1}]


async def test_what_cannot_be_written_is_written_later_unless_something_higher_came(shelf: Shelf) -> None:
    noted: Highest[str] = Highest(shelf.write, every=60)
    shelf.error = Unavailable()
    noted.note("a", 1)
    noted.note("b", 1)
    await noted.flush()
    noted.note("a", 2)
    shelf.error = None
    await noted.flush()
    assert shelf.writes == [{"a": 2, "b": 1}]


async def test_much_is_written_soon_and_a_slice_at_a_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalesce, "SLICE", 2)
    noted: Highest[str] = Highest(shelf.write, every=1_000)
    writing = asyncio.create_task(noted.write_always())
    noted.note("a", 1)
    await asyncio.sleep(0.01)
    assert shelf.writes == []
    for key in "bcde":
        noted.note(key, 1)
    await until(lambda: noted.gauges()["waiting"] == 0 and len(shelf.writes) == 3)
    assert sorted(len(each) for each in shelf.writes) == [1, 2, 2]
    assert {key: number for each in shelf.writes for key, number in each.items()} == dict.fromkeys("abcde", 1)
    await end([writing])


async def test_of_a_write_that_fails_in_the_middle_the_rest_is_written_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coalesce, "SLICE", 1)
    monkeypatch.setattr(coalesce, "MOST_REMEMBERED", 0)
    failing = [False, True]

    def write(numbers: Mapping[str, int]) -> None:
        if failing and failing.pop(0):
            raise Unavailable
        shelf.write(numbers)

    noted: Highest[str] = Highest(write, every=60)
    for key in "abc":
        noted.note(key, 1)
    assert not await noted.flush()
    assert len(shelf.writes) == 1
    noted.note("d", 1)
    assert await noted.flush()
    assert {key: number for each in shelf.writes for key, number in each.items()} == dict.fromkeys("abcd", 1)
    assert len(shelf.writes) == 4


async def test_what_is_remembered_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalesce, "MOST_REMEMBERED", 2)
    noted: Highest[str] = Highest(shelf.write, every=60)
    for key in "abc":
        noted.note(key, 1)
    await noted.flush()
    assert noted._highest == {}
    await in_database(lambda: None)
