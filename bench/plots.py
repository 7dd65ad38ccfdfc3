"""The pictures of what scenarios have shown."""

from collections.abc import Sequence
from pathlib import Path

from bench.outcome import Outcome
from bench.picture import Curve, Panel, bars, curves


def draw(outcomes: Sequence[Outcome], folder: Path) -> list[Path]:
    """Draw what can be drawn of these; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [_times(outcome, folder) for outcome in outcomes if outcome.seconds]
    drawn += [_nodes(outcome, folder) for outcome in outcomes if outcome.scenario == "nodes"]
    return drawn


def _times(outcome: Outcome, folder: Path) -> Path:
    file = folder / f"{outcome.scenario}.svg"
    at = [float(each.second) for each in outcome.seconds]
    over = [
        Curve(at, [each.p50 for each in outcome.seconds], "p50"),
        Curve(at, [each.p99 for each in outcome.seconds], "p99"),
        Curve(at, [each.max for each in outcome.seconds], "max"),
    ]
    took, shares = zip(*outcome.distribution, strict=True)
    curves(
        file,
        f"{outcome.scenario}: from when a message was to be said to each screen",
        [
            Panel("by second, ms", "seconds from the start", over),
            Panel("share of deliveries that took no longer", "ms", [Curve(took, shares)], bound=0.99, is_log=True),
        ],
    )
    return file


def _nodes(outcome: Outcome, folder: Path) -> Path:
    file = folder / "nodes.svg"
    costs = {run.name: run.a_delivery("Daphne") for run in reversed(outcome.runs)}
    bars(file, "nodes: the same load on so many Daphne processes", "CPU of Daphne a delivery, µs", costs)
    return file
