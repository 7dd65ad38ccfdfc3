"""Who is told when, to the tick: on a clock that takes no real time."""

import asyncio
from itertools import pairwise

import pytest

from collab.live.attendance import COLLECT, FIRST_LOOK
from collab.live.presence import EXPIRY, GRACE, REFRESH
from tests.live.clocks import quickly
from tests.live.houses import House, Node, Socket

#: Seconds that a slow Redis takes; nobody waits for it so long.
SLOW = 3 * FIRST_LOOK


def now() -> float:
    return asyncio.get_running_loop().time()


@quickly
async def test_the_first_to_look_waits_a_moment_and_no_longer() -> None:
    house = House(2)
    await house.nodes[0].come(1)
    await asyncio.sleep(10)
    house.table.takes = lambda: FIRST_LOOK  # type: ignore[method-assign]
    began = now()
    ben = await house.nodes[1].come(2)
    assert now() - began == pytest.approx(FIRST_LOOK)
    assert ben.believed == {2}
    await asyncio.sleep(3 * FIRST_LOOK)
    assert ben.believed == {1, 2}
    await house.end()


@quickly
async def test_whoever_comes_later_begins_where_the_others_are_and_waits_for_nothing() -> None:
    house = House(1)
    ada = await house.nodes[0].come(1)
    await asyncio.sleep(10)
    house.table.takes = lambda: 0.5  # type: ignore[method-assign]
    began = now()
    ben = await house.nodes[0].come(2)
    assert now() == began
    assert ben.believed == {1, 2}
    await asyncio.sleep(10)
    assert ada.believed == {1, 2}
    await house.end()


@quickly
async def test_those_who_come_at_once_are_told_together_and_at_most_so_often() -> None:
    house = House(2)
    ada = await house.nodes[0].come(1)
    await asyncio.sleep(10)
    for owner in range(2, 40):
        await house.nodes[1].come(owner)
        await asyncio.sleep(0.25)
    await asyncio.sleep(COLLECT)
    assert ada.believed == set(range(1, 40))
    times = [when for when, _, _ in ada.told]
    assert all(later - earlier >= COLLECT for earlier, later in pairwise(times))
    assert len(times) == pytest.approx(38 * 0.25 / COLLECT, abs=2)
    await house.end()


@quickly
async def test_who_turns_a_page_has_not_gone() -> None:
    house = House(2)
    ada = await house.nodes[0].come(1)
    ben = await house.nodes[1].come(2)
    await asyncio.sleep(10)
    ada.told.clear()
    house.nodes[1].go(ben)
    await asyncio.sleep(GRACE - 2)
    await house.nodes[0].come(3)
    await asyncio.sleep(1)
    await house.nodes[0].come(2)
    await asyncio.sleep(2 * EXPIRY)
    assert [(came, went) for _, came, went in ada.told] == [({3}, set())]
    await house.end()


@quickly
async def test_who_goes_is_told_gone_after_a_moment_on_every_node() -> None:
    house = House(2)
    ada, cleo = await house.nodes[0].come(1), await house.nodes[1].come(3)
    ben = await house.nodes[1].come(2)
    # The next refresh, which would find it anyway, is far.
    await asyncio.sleep(REFRESH + 1)
    left = now()
    house.nodes[1].go(ben)
    await asyncio.sleep(GRACE)
    assert ada.believed == cleo.believed == {1, 2, 3}
    await asyncio.sleep(1 + COLLECT)
    assert ada.believed == cleo.believed == {1, 3}
    assert left + GRACE < ada.told[-1][0] <= left + GRACE + 1 + COLLECT
    await house.end()


@quickly
async def test_whom_a_dead_node_leaves_behind_is_gone_within_expiry_and_a_refresh_without_a_hint() -> None:
    house = House(2, arrives=0.0)
    await house.nodes[1].come(2)
    ada = await house.nodes[0].come(1)
    await asyncio.sleep(10)
    assert ada.believed == {1, 2}
    died = now()
    await house.nodes[1].die()
    await asyncio.sleep(EXPIRY - REFRESH - 1)
    assert ada.believed == {1, 2}
    await asyncio.sleep(2 * REFRESH + COLLECT + 1)
    assert ada.believed == {1}
    assert ada.told[-1][0] - died <= EXPIRY + REFRESH + COLLECT
    await house.end()


@quickly
async def test_a_lost_hint_costs_no_more_than_a_refresh() -> None:
    house = House(2, arrives=0.0)
    ada = await house.nodes[0].come(1)
    await asyncio.sleep(10)
    came = now()
    await house.nodes[1].come(2)
    await asyncio.sleep(REFRESH + COLLECT)
    assert ada.believed == {1, 2}
    assert ada.told[-1][0] - came <= REFRESH + COLLECT
    await house.end()


@quickly
async def test_while_redis_is_away_nobody_is_told_that_others_have_gone() -> None:
    house = House(2)
    ada, ben = await house.nodes[0].come(1), await house.nodes[1].come(2)
    await asyncio.sleep(10)
    house.table.is_away = True
    house.table.forget()
    await asyncio.sleep(2 * EXPIRY)
    assert ada.believed == ben.believed == {1, 2}
    # Two of one node know of each other all the same.
    dora = await house.nodes[0].come(4)
    assert dora.believed == {1, 2, 4}
    house.table.is_away = False
    await asyncio.sleep(REFRESH + COLLECT)
    assert ada.believed == ben.believed == dora.believed == {1, 2, 4}
    await house.end()


@quickly
async def test_one_connection_refreshed_late_is_still_there() -> None:
    """A node refreshes three times before what it keeps would expire."""
    house = House(2)
    ada = await house.nodes[0].come(1)
    await house.nodes[1].come(2)
    await asyncio.sleep(10)
    ada.told.clear()
    for _ in range(20):
        house.table.is_away = not house.table.is_away
        await asyncio.sleep(REFRESH + 1)
    assert ada.told == []
    await house.end()


@quickly
async def test_a_crowd_of_nobody_is_not_kept() -> None:
    house = House(1)
    house.table.takes = lambda: SLOW  # type: ignore[method-assign]
    ada = await house.nodes[0].come(1)
    house.nodes[0].go(ada)
    await asyncio.sleep(EXPIRY)
    left = dict(house.nodes[0].attendance._crowds)
    await house.end()
    assert left == {}


async def is_gone_soon_from(watching: Socket, leaving: Socket, node: Node) -> None:
    """Somebody leaves while Redis is slow to take that they are here."""
    node.go(leaving)
    await asyncio.sleep(SLOW + GRACE + 1 + COLLECT + 1)
    assert watching.believed == {watching.owner}


@quickly
async def test_whoever_goes_while_their_coming_is_still_on_its_way_is_gone_after_a_moment() -> None:
    house = House(2)
    ben = await house.nodes[1].come(2)
    await asyncio.sleep(REFRESH + 1)
    times = iter([SLOW])
    house.table.takes = lambda: next(times, 0.0)  # type: ignore[method-assign]
    await is_gone_soon_from(ben, await house.nodes[0].come(1), house.nodes[0])
    await house.end()


@quickly
async def test_whoever_goes_while_a_refresh_is_still_on_its_way_is_gone_after_a_moment() -> None:
    house = House(2)
    ben, ada = await house.nodes[1].come(2), await house.nodes[0].come(1)
    await asyncio.sleep(1)
    times = iter([SLOW])
    house.table.takes = lambda: next(times, 0.0)  # type: ignore[method-assign]
    house.nodes[0].attendance.refresh()
    await asyncio.sleep(0)
    await is_gone_soon_from(ben, ada, house.nodes[0])
    await house.end()
