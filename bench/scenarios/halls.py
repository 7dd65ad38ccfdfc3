"""`halls`: rooms of a hundred, thirty thousand deliveries a second."""

from bench.outcome import Condition, Outcome
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=10_000, rooms_of=100, rate=300, seconds=60)
QUICK = Condition(sockets=40, rooms_of=20, rate=20, seconds=1)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure. Its target is a ratio to others, which `make bench-peers` measures in one run with it."""
    run, measured = await fan_out.talk("halls", stage, asked)
    return fan_out.outcome("halls", asked, run, measured, {"CPU a delivery, Daphne, µs": run.a_delivery("Daphne")}, [])
