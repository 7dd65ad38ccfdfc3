"""Whoever comes and goes, dies or is not told: as soon as it is quiet, everybody knows exactly who is there."""

import asyncio
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from collab.live.presence import EXPIRY, REFRESH
from tests.live.clocks import run_quickly
from tests.live.houses import House, Node

PEOPLE = range(1, 6)
#: Seconds after which everything must be told: what a dead node left expires, and the next refresh finds it.
QUIET = EXPIRY + 2 * REFRESH

Deed = tuple[str, int, int, float]


async def do(house: House, what: str, where: int, who: int, wait: float) -> None:
    node = house.nodes[where]
    if what == "come":
        await node.come(who)
    elif what == "come as a guest":
        await node.come(who, frozenset({who, 1, 2}))
    elif what == "go" and node.sockets:
        node.go(house.chance.choice(node.sockets))
    elif what == "die":
        await node.die()
        house.nodes[where] = Node(house)
    elif what == "forget":
        house.table.forget()
        for each in house.nodes:
            each.attendance.refresh()
    else:
        house.table.is_away = what == "away"
    await asyncio.sleep(wait)


def expect_everyone_to_know(house: House) -> None:
    sockets = [socket for node in house.nodes for socket in node.sockets]
    there = {socket.owner for socket in sockets}
    for socket in sockets:
        assert socket.believed == (there if socket.visible is None else there & socket.visible)


async def live(house: House, deeds: list[Deed]) -> None:
    house.table.takes = lambda: house.chance.choice((0, 0, 0.001, 0.1, 0.6))  # type: ignore[method-assign]
    for deed in deeds:
        await do(house, *deed)
    house.table.is_away = False
    await asyncio.sleep(QUIET)
    expect_everyone_to_know(house)
    # And nobody is told what they know.
    tellings = [len(socket.told) for node in house.nodes for socket in node.sockets]
    await asyncio.sleep(QUIET)
    assert tellings == [len(socket.told) for node in house.nodes for socket in node.sockets]
    await house.end()


DEEDS = st.tuples(
    st.sampled_from(["come", "come", "come as a guest", "go", "go", "die", "forget", "away", "back"]),
    st.integers(0, 2),
    st.sampled_from(PEOPLE),
    st.sampled_from((0.0, 0.0, 0.05, 0.3, 3.0, 20.0)),
)


@settings(max_examples=150, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=25), seed=st.integers(0, 2**32), arrives=st.sampled_from((0.0, 0.5, 1.0)))
def test_after_quiet_each_crowd_knows_exactly_who_is_there(deeds: list[Deed], seed: int, arrives: float) -> None:
    async def example() -> None:
        await live(House(3, arrives=arrives, chance=Random(seed)), deeds)

    run_quickly(example())
