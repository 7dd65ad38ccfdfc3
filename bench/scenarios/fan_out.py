"""What the scenarios have in common in which messages are said at a steady rate and heard by rooms."""

from bench.figures import distribution, over_time
from bench.judge import Measured
from bench.outcome import Condition, Outcome, Run, Target
from bench.plan import Seating, sayings
from bench.stage import Stage


def seating(asked: Condition) -> Seating:
    """How the people of a condition sit."""
    return Seating(asked.sockets, asked.rooms_of, asked.rooms_each, asked.workspace_of)


async def talk(name: str, stage: Stage, asked: Condition, *, parts: int = 1) -> tuple[Run, Measured]:
    """Gather everybody, and have them talk."""
    nodes = asked.nodes[0]
    await stage.gather(seating(asked), parts=parts, nodes=nodes)
    seats = await stage.seat(seating(asked))
    return await stage.measure(name, list(sayings(seats, asked.rate, asked.seconds)))


def outcome(
    name: str, asked: Condition, run: Run, measured: Measured, figures: dict[str, float], targets: list[Target]
) -> Outcome:
    """Of one run, with its times to be drawn."""
    at = [saying.at for saying in measured.plan]
    return Outcome(
        scenario=name,
        condition=asked,
        runs=[run],
        figures=figures,
        targets=targets,
        seconds=over_time((at[message], late) for message, _, late in measured.deliveries),
        distribution=distribution(late for _, _, late in measured.deliveries),
    )
