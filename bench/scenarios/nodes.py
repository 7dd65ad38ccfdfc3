"""`nodes`: the same load on one Daphne process, and on several."""

from collections.abc import Sequence

from bench.outcome import Condition, Outcome, at_most
from bench.plan import sayings
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=2_000, rooms_of=20, rate=100, seconds=30, nodes=(6, 4, 2, 1))
QUICK = Condition(sockets=40, rooms_of=4, rate=20, seconds=1, nodes=(2, 1))


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure, each time with fewer nodes: those that are left over are stopped."""
    seats = await stage.seat(fan_out.seating(asked))
    runs = []
    for count in asked.nodes:
        await stage.clear()
        await stage.place.keep(count)
        await stage.gather(fan_out.seating(asked), nodes=count)
        plan = list(sayings(seats, asked.rate, asked.seconds))
        run, _ = await stage.measure(f"{count} nodes" if count > 1 else "1 node", plan)
        runs.append(run)
    figures = {f"CPU a delivery, Daphne, {run.name}, µs": run.a_delivery("Daphne") for run in runs}
    return Outcome("nodes", asked, runs, figures, [at_most("apart", 15, apart(list(figures.values())), "%")])


def apart(costs: Sequence[float]) -> float:
    """Percent by which the dearest is above the cheapest."""
    return 100 * (max(costs) / min(costs) - 1) if costs and min(costs) else 0.0
