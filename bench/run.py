"""`make bench`: start sites, seat people in them, put load on them from outside, judge, report."""

import asyncio
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import msgspec
import psutil

from bench import options, program, report, usage
from bench.options import Options
from bench.outcome import Condition, Outcome
from bench.plots import draw
from bench.program import say
from bench.scenarios import fan_out
from bench.scenarios.catalog import SCENARIOS, site_for
from bench.stage import stage

Chosen = list[tuple[str, Condition]]


class Report(msgspec.Struct):
    """All that was measured, and where."""

    cores: int
    pinned: bool
    outcomes: list[Outcome]


def main() -> int:
    """Measure what the command line asks for; 0 only where every promise was kept."""
    asked = options.read(sys.argv[1:])
    return program.run("bench", lambda folder: asyncio.run(work(asked, folder)))


async def work(asked: Options, folder: Path) -> int:
    """Measure, tell and keep."""
    cores = usage.cores() if asked.pin else None
    outcomes = []
    for chosen in by_site(asked):
        outcomes += await measure(chosen, folder, cores)
    print(f"\n{report.table(outcomes)}\n")
    program.keep(Report(psutil.cpu_count() or 1, bool(cores), outcomes), folder, "bench")
    for file in draw(outcomes, asked.plots or folder):
        print(f"Drawn: {file}")
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


def by_site(asked: Options) -> Iterator[Chosen]:
    """The scenarios in groups that share a site: those of the same people, and in a quick run all that can."""

    def site(each: tuple[str, Condition]) -> object:
        name, condition = each
        has_nodes = SCENARIOS[name].has_nodes
        return has_nodes, None if asked.quick else (condition.nodes, fan_out.seating(condition))

    for _, chosen in groupby(asked.scenarios.items(), site):
        yield list(chosen)


async def measure(chosen: Chosen, folder: Path, cores: tuple[int, int] | None) -> list[Outcome]:
    """Play scenarios one after the other on a new site."""
    has_nodes = SCENARIOS[chosen[0][0]].has_nodes
    outcomes = []
    say("Starting a site.")
    async with (
        site_for(chosen[0][1], folder, has_nodes=has_nodes) as place,
        # Several nodes, and the loads beside them, take the cores that are free.
        stage(place, folder, None if has_nodes else cores) as scene,
    ):
        for name, condition in chosen:
            say(f"{name}: {report.conditions(condition)}.")
            outcomes.append(await SCENARIOS[name].play(scene, condition))
            print(report.page(outcomes[-1]), flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
