"""`metrics`: what counting and timing costs: of two Daphne processes with the same load one counts, then the other."""

import asyncio
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

from bench import usage
from bench.faults.lab import Lab
from bench.outcome import Condition, Outcome, Run, at_least, at_most, none_of
from bench.plan import Seat, sayings
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=4_000, rooms_of=20, rooms_each=10, rate=150, seconds=60, nodes=(2,), rounds=3)
QUICK = Condition(sockets=40, rooms_of=4, rate=20, seconds=1, nodes=(2,))

#: Seconds between two scrapes of the process that counts, as deploy/monitoring asks for.
SCRAPE_EVERY = 15.0
#: Parts of a message's way that a scrape is to show.
LEGS = ("committed", "published", "written", "confirmed")


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Compare, several times over: one comparison differs from the next by about as much as counting costs."""
    seats = await stage.seat(fan_out.seating(asked))
    runs: list[Run] = []
    pairs: list[tuple[float, float]] = []
    shown: set[str] = set()
    for _ in range(asked.rounds):
        halves = [await _half(stage, asked, seats, counting, shown) for counting in (0, 1)]
        runs += [half.run for half in halves]
        # What sets the two processes apart beside counting falls on both.
        pairs.append((sum(half.counted for half in halves), sum(half.silent for half in halves)))
    dearer = [100 * (counted / silent - 1) if silent else 0.0 for counted, silent in pairs]
    figures = {
        "CPU of the process that counts, s": sum(counted for counted, _ in pairs),
        "CPU of the other, s": sum(silent for _, silent in pairs),
        "it costs, % of the process, the middle one": median(dearer),
        "the least of all comparisons": min(dearer),
        "the most": max(dearer),
        "legs that a scrape shows": float(len(shown)),
    }
    targets = [
        at_most("metrics cost", 2, median(dearer), "% of CPU"),
        at_least("legs shown", len(LEGS), len(shown), ""),
        none_of("lost", sum(run.result.faults["lost"] for run in runs)),
    ]
    return Outcome("metrics", asked, runs, figures, targets)


class Half(NamedTuple):
    """One of two: the load, and seconds of CPU of the process that counts and of the other."""

    run: Run
    counted: float
    silent: float


async def _half(stage: Stage, asked: Condition, seats: Sequence[Seat], counting: int, shown: set[str]) -> Half:
    """Measure while this node counts and is scraped; what a scrape shows goes into `shown`."""
    await stage.clear()
    lab = await _with_one_silent(stage, 1 - counting)
    await stage.gather(fan_out.seating(asked), nodes=2)
    plan = list(sayings(seats, asked.rate, asked.seconds))
    url = f"http://127.0.0.1:{lab.ports[counting]}/metrics"
    scraping = asyncio.create_task(_scrape_always(url, shown))
    before = _cpu(lab)
    run, _ = await stage.measure(f"node {counting + 1} counts", plan)
    used = [after - began for began, after in zip(before, _cpu(lab), strict=True)]
    scraping.cancel()
    await _scrape(url, shown)
    return Half(run, used[counting], used[1 - counting])


async def _with_one_silent(stage: Stage, number: int) -> Lab:
    """The site anew, so that its processes are of one age; this one counts nothing."""
    lab = stage.place.lab
    assert lab is not None
    for each in range(len(lab.nodes)):
        await lab.nodes[each].stop()
        # The way of each message costs its own, and is no metric.
        lab.nodes[each].environment |= {"METRICS": "false" if each == number else "true", "TRACE_KEPT_HOURS": "0"}
        await lab.start_node(each)
    return lab


def _cpu(lab: Lab) -> list[float]:
    """Seconds that each node has used."""
    return [sum(map(usage.seconds, node.family())) for node in lab.nodes]


async def _scrape_always(url: str, shown: set[str]) -> None:
    """Ask again and again, as Prometheus does."""
    while True:
        await _scrape(url, shown)
        await asyncio.sleep(SCRAPE_EVERY)


async def _scrape(url: str, shown: set[str]) -> None:
    """Ask once, and note which parts of a message's way are timed."""
    text = await asyncio.to_thread(_read, url)
    shown.update(leg for leg in LEGS if _count(text, leg))


def _read(url: str) -> str:
    # The bench's own node, on the loopback.
    with urlopen(url, timeout=10) as answer:  # noqa: S310
        return str(answer.read(), "utf-8")


def _count(text: str, leg: str) -> float:
    """How many times of a part there are."""
    start = f'collab_leg_seconds_count{{leg="{leg}"}} '
    return sum(float(line.removeprefix(start)) for line in text.splitlines() if line.startswith(start))
