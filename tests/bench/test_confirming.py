"""Simulated pages confirm as pages do: once for several events, at random, and ask where it falls silent."""

import asyncio
from collections.abc import Collection

from bench.confirming import WITHIN, Confirming
from tests.live.clocks import run_quickly

Said = list[tuple[float, object]]


async def page(*moments: tuple[float, str], until: float = 30.0, luck: float = 1.0) -> Said:
    """What a page says, and when, to which something comes in a room at each moment ("": not in a room)."""
    loop = asyncio.get_running_loop()
    said: Said = []

    def confirm(rooms: Collection[str]) -> None:
        said.append((loop.time(), sorted(rooms)))

    confirming = Confirming(confirm, lambda: said.append((loop.time(), "ping")), lambda: luck)
    for moment, room in moments:
        await asyncio.sleep(moment - loop.time())
        confirming.heard()
        if room:
            confirming.soon(room)
    await asyncio.sleep(until - loop.time())
    confirming.stop()
    return said


def test_what_comes_within_a_while_is_confirmed_together_and_after_that_silence_is_asked_about() -> None:
    assert run_quickly(page((1, "7"), (2, "9"))) == [(6, ["7", "9"]), (11, "ping")]


def test_where_nothing_else_was_heard_a_ping_says_it() -> None:
    assert run_quickly(page((1, "7"))) == [(6, "ping")]


def test_a_page_that_goes_on_hearing_does_not_ask() -> None:
    said = run_quickly(page(*((float(second), "7") for second in range(1, 30))))
    assert said
    assert all(what == ["7"] for _, what in said)


def test_it_is_half_the_time_at_the_least() -> None:
    assert run_quickly(page((1, "7"), (2, ""), luck=0.0, until=5)) == [(1 + WITHIN / 2, ["7"])]


def test_whoever_is_gone_confirms_nothing() -> None:
    assert run_quickly(page((1, "7"), (2, "9"), until=4)) == []
