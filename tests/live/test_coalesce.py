"""What only counts in its newest state: the highest number of each key, written once."""

from collections.abc import Mapping

import pytest

from collab.live import coalesce
from collab.live.coalesce import Highest
from collab.live.database import in_database
from collab.live.errors import Unavailable


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


async def test_what_is_remembered_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalesce, "MOST_REMEMBERED", 2)
    noted: Highest[str] = Highest(shelf.write, every=60)
    for key in "abc":
        noted.note(key, 1)
    await noted.flush()
    assert noted._highest == {}
    await in_database(lambda: None)
