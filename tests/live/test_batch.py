"""Group commit: order, turns, weight, bound, and what becomes of those that fail."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest
from django.db import OperationalError

from collab.live.batch import Batcher, apart
from collab.live.errors import CodedError, Unavailable
from tests.live.waiting import PATIENCE, keeping_busy, until


class Refused(CodedError):
    code = "refused"
    message = "Not this one."


class Work:
    """Answers each item with itself; the first batch takes as long as a test wants."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.batches: list[list[str]] = []
        self.refused: set[str] = set()
        self.poison = ""

    def __call__(self, items: Sequence[str]) -> list[str | Exception]:
        self.batches.append(list(items))
        assert self.may_go_on.wait(20)
        if self.poison in items:
            raise Unavailable
        return [Refused() if item in self.refused else item for item in items]


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.may_go_on.set()


async def begun(batcher: "Batcher[str, str]", work: Work) -> None:
    """Have one batch under way, so that what is submitted now waits."""
    batcher.submit("first")
    await until(lambda: bool(work.batches))


def owner(item: str) -> str:
    return item[0]


async def test_what_comes_while_a_batch_is_under_way_goes_into_the_next_in_order(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work)
    await begun(batcher, work)
    waiting = [batcher.submit(item) for item in "abcd"]
    work.may_go_on.set()
    assert [await each for each in waiting] == ["a", "b", "c", "d"]
    assert work.batches == [["first"], ["a", "b", "c", "d"]]


async def test_a_batch_has_so_many_items_and_no_more(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, most=3)
    await begun(batcher, work)
    for item in "abcd":
        batcher.submit(item)
    work.may_go_on.set()
    await batcher.idle()
    assert work.batches == [["first"], ["a", "b", "c"], ["d"]]


async def test_owners_take_turns_and_keep_their_own_order(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, owner=owner, most=2)
    await begun(batcher, work)
    for item in ("a1", "a2", "a3", "b1", "c1", "b2"):
        batcher.submit(item)
    work.may_go_on.set()
    await batcher.idle()
    assert work.batches == [["first"], ["a1", "b1"], ["c1", "a2"], ["b2", "a3"]]


async def test_a_batch_weighs_little_and_what_weighs_more_goes_alone(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, weigh=len, heaviest=3)
    await begun(batcher, work)
    for item in ("heavy", "aa", "bb", "cc"):
        batcher.submit(item)
    work.may_go_on.set()
    await batcher.idle()
    assert work.batches == [["first"], ["heavy"], ["aa", "bb"], ["cc"]]


async def test_over_the_bound_nobody_waits_and_below_it_again_everybody_may(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, bound=2)
    await begun(batcher, work)
    taken = [batcher.submit("a"), batcher.submit("b")]
    with pytest.raises(Unavailable):
        await batcher.submit("c")
    work.may_go_on.set()
    assert [await each for each in taken] == ["a", "b"]
    assert await batcher.submit("d") == "d"
    assert work.batches == [["first"], ["a", "b"], ["d"]]


async def test_one_that_is_refused_is_alone_in_it(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work)
    work.refused = {"b"}
    await begun(batcher, work)
    first, second, third = (batcher.submit(item) for item in "abc")
    work.may_go_on.set()
    assert (await first, await third) == ("a", "c")
    with pytest.raises(Refused):
        await second


async def test_where_a_batch_fails_each_of_it_is_told_and_the_next_goes_on(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, most=2)
    await begun(batcher, work)
    waiting = [batcher.submit(item) for item in "abc"]
    work.poison = "b"
    work.may_go_on.set()
    first, second, third = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(first, Unavailable)
    assert isinstance(second, Unavailable)
    assert third == "c"
    assert work.batches == [["first"], ["a", "b"], ["c"]]


async def test_what_nobody_waits_for_any_more_is_not_begun(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work)
    await begun(batcher, work)
    given_up, wanted = batcher.submit("a"), batcher.submit("b")
    given_up.cancel()
    work.may_go_on.set()
    assert await wanted == "b"
    assert work.batches == [["first"], ["b"]]


async def test_idle_is_when_everything_is_through(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, most=1)
    await batcher.idle()
    await begun(batcher, work)
    waiting = [batcher.submit(item) for item in "ab"]
    work.may_go_on.set()
    await batcher.idle()
    assert [each.result() for each in waiting] == ["a", "b"]


async def test_settled_is_when_all_of_before_is_answered_however_much_comes_meanwhile(work: Work) -> None:
    batcher: Batcher[str, str] = Batcher(work, owner=owner, most=2)
    await batcher.settled()
    await begun(batcher, work)
    before = [batcher.submit(item) for item in ("a1", "a2", "a3")]
    settling = asyncio.create_task(batcher.settled())
    await asyncio.sleep(0)
    assert not settling.done()
    with keeping_busy(batcher, "b"):
        work.may_go_on.set()
        async with asyncio.timeout(PATIENCE):
            await settling
        assert [each.result() for each in before] == ["a1", "a2", "a3"]
        assert batcher.gauges()["workers"] == 1
    await batcher.idle()


async def test_one_that_cannot_be_read_takes_no_other_with_it() -> None:
    def invert(items: Sequence[int]) -> list[float]:
        return [1 / item for item in items]

    batcher: Batcher[int, float] = Batcher(apart(invert))
    outcomes = await asyncio.gather(*map(batcher.submit, (1, 0, 2)), return_exceptions=True)
    assert outcomes[0::2] == [1.0, 0.5]
    assert isinstance(outcomes[1], ZeroDivisionError)


async def test_with_the_database_away_none_is_tried_again_alone() -> None:
    tries: list[int] = []

    def ask(items: Sequence[int]) -> list[int]:
        tries.append(len(items))
        raise OperationalError

    batcher: Batcher[int, int] = Batcher(apart(ask))
    outcomes = await asyncio.gather(*map(batcher.submit, (1, 2)), return_exceptions=True)
    assert [type(each) for each in outcomes] == [Unavailable, Unavailable]
    assert tries == [2]
