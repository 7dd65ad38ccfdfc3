"""`machine`: as many people as one machine takes, over as many processes as the limit of open files needs."""

import resource

from bench.errors import CannotMeasure
from bench.outcome import Condition, Outcome, at_least, at_most, none_of
from bench.scenarios import fan_out
from bench.stage import Stage

#: Open files of a process that are no people's sockets.
SPARE = 2_000
#: Sockets that one address of this machine can have open to another: its free ports, some left for what else runs.
PORTS = 25_000


def full() -> Condition:
    """A hundred thousand."""
    return Condition(sockets=100_000, rooms_of=20, rate=100, seconds=60, nodes=(nodes_for(100_000),))


QUICK = Condition(sockets=40, rooms_of=4, rate=20, seconds=1, nodes=(2,))


def nodes_for(sockets: int) -> int:
    """Processes that so many sockets need.

    Raises:
        CannotMeasure: hardly any files may be open.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = PORTS if most == resource.RLIM_INFINITY else min(PORTS, most - SPARE)
    if room <= 0:
        raise CannotMeasure(f"only {most} files may be open; see: ulimit -Hn")
    return -(-sockets // room)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure: a load for each node, and the people of every room dealt to all of them."""
    run, measured = await fan_out.talk("machine", stage, asked, parts=asked.nodes[0])
    figures = {
        "Daphne processes": float(asked.nodes[0]),
        "memory a socket, KiB": (stage.memory[1] - stage.memory[0]) / max(1, asked.sockets - 1) / 1024,
    }
    targets = [
        at_least("open", 100_000, asked.sockets - len(run.result.ended), "sockets"),
        at_most("p99", 50, run.result.to_screens.p99, "ms"),
        none_of("lost", run.result.faults["lost"]),
    ]
    return fan_out.outcome("machine", asked, run, measured, figures, targets)
