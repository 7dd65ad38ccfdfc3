"""Everyone in turn: each within the time, none twice before all have been."""

import asyncio
from collections import defaultdict
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from collab.live.turns import Turns
from tests.live.clocks import run_quickly

WITHIN = 10.0


async def turns_of(people: int, pauses: list[float]) -> dict[int, list[float]]:
    """By person, when their turns were, where turns are taken after these pauses."""
    loop = asyncio.get_running_loop()
    everyone: dict[int, str] = dict.fromkeys(range(people), "x")
    taken: defaultdict[int, list[float]] = defaultdict(list)
    turns = Turns(WITHIN)
    for pause in pauses:
        await asyncio.sleep(pause)
        for who, value in turns.take(everyone):
            assert value == "x"
            taken[who].append(loop.time())
    assert everyone.keys() == set(range(people))
    return taken


@settings(deadline=None)
@given(people=st.integers(1, 40), seed=st.integers(0, 2**32))
def test_each_has_a_turn_in_time_and_nobody_far_more_often(people: int, seed: int) -> None:
    lot = Random(seed)
    pauses = [lot.choice((0.1, 0.5, 1.0)) for _ in range(200)]
    taken = run_quickly(turns_of(people, pauses))
    # Half an hour of it, as it were: each round takes `WITHIN`, but for a pause and the rounding of one person.
    slack = 1.0 + WITHIN / people
    for moments in taken.values():
        gaps = [later - sooner for sooner, later in pairwise(moments)]
        assert all(WITHIN - slack <= gap <= WITHIN + slack for gap in gaps), gaps
    assert len(taken) == people


def test_after_a_long_pause_each_has_one_turn() -> None:
    taken = run_quickly(turns_of(7, [1_000.0]))
    assert [len(moments) for moments in taken.values()] == [1] * 7


@settings(deadline=None)
@given(people=st.integers(2, 60), leave=st.sampled_from((1, 2, 5)), seed=st.integers(0, 2**32))
def test_the_last_has_their_turn_in_time_though_others_go_after_theirs(people: int, leave: int, seed: int) -> None:
    async def last_turn() -> float:
        lot = Random(seed)
        everyone = dict.fromkeys(range(people), "x")
        turns = Turns(WITHIN)
        while True:
            await asyncio.sleep(0.5)
            for who, _ in turns.take(everyone):
                if who == people - 1:
                    return asyncio.get_running_loop().time()
                if lot.randrange(leave) == 0:
                    del everyone[who]

    # A pause more, and the one before the first count.
    assert run_quickly(last_turn()) <= WITHIN + 1.0


def test_whoever_comes_has_their_first_turn_after_those_who_are_there() -> None:
    async def come() -> list[str]:
        everyone = {"ada": 1, "ben": 2}
        turns = Turns(WITHIN)
        await asyncio.sleep(WITHIN / 2)
        first = [who for who, _ in turns.take(everyone)]
        everyone["cleo"] = 3
        await asyncio.sleep(WITHIN)
        return first + [who for who, _ in turns.take(everyone)]

    assert run_quickly(come()) == ["ada", "ben", "ada", "cleo"]
