"""`team`: ten rooms a person, talk all over them, for minutes."""

from bench.figures import longest_gap
from bench.outcome import Condition, Outcome, at_most, none_of
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=10_000, rooms_of=20, rooms_each=10, rate=300, seconds=300)
QUICK = Condition(sockets=40, rooms_of=4, rooms_each=3, rate=20, seconds=1)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure."""
    run, measured = await fan_out.talk("team", stage, asked)
    times, faults = run.result.to_screens, run.result.faults
    targets = [
        at_most("p50", 6, times.p50, "ms"),
        at_most("p99", 25, times.p99, "ms"),
        none_of("lost", faults["lost"]),
        none_of("disordered", faults["out of order"]),
        at_most("longest stall", 100, times.max, "ms"),
    ]
    moments = (measured.meant(message) + late for message, _, late in measured.deliveries)
    figures = {"longest time in which nothing came to anybody, ms": longest_gap(moments)}
    return fan_out.outcome("team", asked, run, measured, figures, targets)
