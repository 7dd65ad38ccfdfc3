"""`crowd`: everybody in one room."""

from collections.abc import Iterable

from bench.figures import spread
from bench.outcome import Condition, Outcome, at_most
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=10_000, rooms_of=10_000, workspace_of=0, rate=3, seconds=60)
QUICK = Condition(sockets=40, rooms_of=40, workspace_of=0, rate=3, seconds=1)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure."""
    run, measured = await fan_out.talk("crowd", stage, asked)
    last = spread(to_the_last(measured.deliveries))
    figures = {"to the last of a message's receivers, p50, ms": last.p50, "the same, max, ms": last.max}
    return fan_out.outcome("crowd", asked, run, measured, figures, [at_most("last receiver", 150, last.max, "ms")])


def to_the_last(deliveries: Iterable[tuple[int, int, int]]) -> list[int]:
    """Of each message, the nanoseconds until the last of its receivers had it.

    Args:
        deliveries: number of the message, seat, nanoseconds.
    """
    last: dict[int, int] = {}
    for message, _, late in deliveries:
        last[message] = max(late, last.get(message, 0))
    return list(last.values())
