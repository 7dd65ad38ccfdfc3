"""All scenarios, in the order in which they are measured."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench import place
from bench.outcome import Condition, Outcome
from bench.place import Place
from bench.scenarios import burst, crowd, halls, idle, machine, metrics, nodes, polling, storm, team
from bench.stage import Stage


@dataclass(frozen=True)
class Scenario:
    """One.

    Args:
        play: measures it.
        full, quick: how large it is; `full` may depend on the machine.
        has_nodes: it wants a site with several Daphne processes.
    """

    play: Callable[[Stage, Condition], Awaitable[Outcome]]
    full: Callable[[], Condition]
    quick: Condition
    has_nodes: bool = False


SCENARIOS = {
    # These three have the same people, and open their sockets once.
    "idle": Scenario(idle.play, lambda: idle.FULL, idle.QUICK),
    "team": Scenario(team.play, lambda: team.FULL, team.QUICK),
    "storm": Scenario(storm.play, lambda: storm.FULL, storm.QUICK),
    "crowd": Scenario(crowd.play, lambda: crowd.FULL, crowd.QUICK),
    "halls": Scenario(halls.play, lambda: halls.FULL, halls.QUICK),
    "burst": Scenario(burst.play, lambda: burst.FULL, burst.QUICK),
    "polling": Scenario(polling.play, lambda: polling.FULL, polling.QUICK),
    "machine": Scenario(machine.play, machine.full, machine.QUICK, has_nodes=True),
    "nodes": Scenario(nodes.play, lambda: nodes.FULL, nodes.QUICK, has_nodes=True),
    "metrics": Scenario(metrics.play, lambda: metrics.FULL, metrics.QUICK, has_nodes=True),
}


def site_for(condition: Condition, folder: Path, *, has_nodes: bool) -> contextlib.AbstractAsyncContextManager[Place]:
    """A site as a condition needs it."""
    return place.several_nodes(folder, max(condition.nodes)) if has_nodes else place.one_process(folder)
