"""`metrics`: what counting and timing costs: of two Daphne processes with the same load one counts, then the other."""

import asyncio
from urllib.request import urlopen

from bench import usage
from bench.faults.lab import Lab
from bench.outcome import Condition, Outcome, Run, at_least, at_most, none_of
from bench.plan import sayings
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=4_000, rooms_of=20, rooms_each=10, rate=150, seconds=60, nodes=(2,))
QUICK = Condition(sockets=40, rooms_of=4, rate=20, seconds=1, nodes=(2,))

#: Seconds between two scrapes of the process that counts, as deploy/monitoring asks for.
SCRAPE_EVERY = 15.0
#: Parts of a message's way that a scrape is to show.
LEGS = ("committed", "published", "written", "confirmed")


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure twice: what sets the two processes apart beside counting falls on both."""
    seats = await stage.seat(fan_out.seating(asked))
    runs: list[Run] = []
    counted = silent = 0.0
    shown: set[str] = set()
    for counting in (0, 1):
        await stage.clear()
        lab = await _with_one_silent(stage, 1 - counting)
        await stage.gather(fan_out.seating(asked), nodes=2)
        plan = list(sayings(seats, asked.rate, asked.seconds))
        scraping = asyncio.create_task(_scrape(f"http://127.0.0.1:{lab.ports[counting]}/metrics", shown))
        before = _cpu(lab)
        run, _ = await stage.measure(f"node {counting + 1} counts", plan)
        used = [after - began for began, after in zip(before, _cpu(lab), strict=True)]
        scraping.cancel()
        runs.append(run)
        counted, silent = counted + used[counting], silent + used[1 - counting]
    dearer = 100 * (counted / silent - 1) if silent else 0.0
    figures = {
        "CPU of the process that counts, s": counted,
        "CPU of the other, s": silent,
        "it costs, % of the process": dearer,
        "legs that a scrape shows": float(len(shown)),
    }
    targets = [
        at_most("metrics cost", 2, dearer, "% of CPU"),
        at_least("legs shown", len(LEGS), len(shown), ""),
        none_of("lost", sum(run.result.faults["lost"] for run in runs)),
    ]
    return Outcome("metrics", asked, runs, figures, targets)


async def _with_one_silent(stage: Stage, number: int) -> Lab:
    """The site anew, so that its processes are of one age; this one counts nothing."""
    lab = stage.place.lab
    assert lab is not None
    for each in range(len(lab.nodes)):
        await lab.nodes[each].stop()
        lab.nodes[each].environment["METRICS"] = "false" if each == number else "true"
        await lab.start_node(each)
    return lab


def _cpu(lab: Lab) -> list[float]:
    """Seconds that each node has used."""
    return [sum(map(usage.seconds, node.family())) for node in lab.nodes]


async def _scrape(url: str, shown: set[str]) -> None:
    """Ask again and again, as Prometheus does, and note which parts of a message's way are timed."""
    while True:
        text = await asyncio.to_thread(_read, url)
        shown.update(leg for leg in LEGS if _count(text, leg))
        await asyncio.sleep(SCRAPE_EVERY)


def _read(url: str) -> str:
    # The bench's own node, on the loopback.
    with urlopen(url, timeout=10) as answer:  # noqa: S310
        return str(answer.read(), "utf-8")


def _count(text: str, leg: str) -> float:
    """How many times of a part there are."""
    start = f'collab_leg_seconds_count{{leg="{leg}"}} '
    return sum(float(line.removeprefix(start)) for line in text.splitlines() if line.startswith(start))
