"""`make churn`: people come and go, and nothing of them stays behind in the node; a verdict, figures and a picture."""

import asyncio
import os
import sys
import time
from pathlib import Path

import uvloop

from bench import program
from bench.churn import options
from bench.churn.door import AT_A_TIME, Door
from bench.churn.meter import Meter, Sample
from bench.churn.options import Options
from bench.churn.plan import visits
from bench.churn.plot import plot
from bench.churn.report import Report, left, table
from bench.churn.visitor import Place
from bench.faults.lab import Lab
from bench.faults.lone_node import lone_node
from bench.open_files import allow_sockets
from bench.program import say

#: Visits before the start: what is made once and stays is there by then.
BEFORE = 10 * AT_A_TIME
#: Looks at the node during a run, and seconds between two at least.
LOOKS = 400
PAUSE = 0.5
#: Seconds until nothing may be left: a silent connection is given up within 55 s, presence forgets within 60.
SETTLED_WITHIN = 150.0


def main() -> int:
    """Do what the command line asks for; 0 only where nothing stayed behind."""
    asked = options.read(sys.argv[1:])
    return program.run("churn", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Let them come and go, tell, keep and draw."""
    allow_sockets(asked.rate * 10)
    report = uvloop.run(run(asked, folder))
    print(f"\n{table(report)}\n")
    file = program.keep(report, folder, "churn")
    picture = asked.plot or file.with_suffix(".svg")
    plot(report, picture)
    print(f"The picture: {picture}")
    return 0 if report.is_clean else 1


async def run(asked: Options, folder: Path) -> Report:
    """A site of its own with one node, and everybody at its door."""
    async with lone_node(folder) as lab:
        return await churn(asked, lab)


async def churn(asked: Options, lab: Lab) -> Report:
    """Warm up, count, let everybody come and go, wait, count again."""
    say(f"Seating {asked.people:,} people.")
    seats = await lab.seat(asked.people, asked.rooms_of)
    place, meter = Place(f"http://127.0.0.1:{lab.ports[0]}", lab.url), Meter(lab, lab.nodes[0])
    say("Warming up.")
    await Door(place, seats, asked.rate).receive(visits(BEFORE, len(seats), asked.seed + 1, patient=False))
    start, _ = await settle(meter, {})
    say(f"{asked.count:,} connects, at most {asked.rate} a second.")
    door, began, samples = Door(place, seats, asked.rate), time.monotonic(), list[Sample]()
    async with asyncio.TaskGroup() as both:
        watching = both.create_task(watch(door, meter, samples, asked.count))
        await door.receive(visits(asked.count, len(seats), asked.seed))
        watching.cancel()
    seconds = time.monotonic() - began
    say("Waiting for what is left to go.")
    end, settled_after = await settle(meter, start)
    samples.append(await meter.read(time.monotonic() - began, door.begun))
    return Report(
        asked=asked,
        seconds=seconds,
        done=dict(door.done),
        otherwise=dict(door.otherwise),
        samples=samples,
        start=start,
        end=end,
        settled_after=settled_after,
        load_average=os.getloadavg()[0],
    )


async def settle(meter: Meter, start: dict[str, int]) -> tuple[dict[str, int], float]:
    """Wait until nothing is left beyond the start, or no socket where there is none; what there is, after how long."""
    began = time.monotonic()
    while True:
        held = await meter.gauges() | {"presence.connections": await meter.present()}
        is_settled = not left(start, held) if start else not held["server.connections"] + held["presence.connections"]
        waited = time.monotonic() - began
        if is_settled or waited > SETTLED_WITHIN:
            return held, waited
        await asyncio.sleep(1)


async def watch(door: Door, meter: Meter, samples: list[Sample], count: int) -> None:
    """Look again and again, evenly over the visits."""
    began = time.monotonic()
    while True:
        due = len(samples) * count // LOOKS
        while door.begun < due:  # noqa: ASYNC110 — what is counted tells nobody.
            await asyncio.sleep(PAUSE / 10)
        samples.append(await meter.read(time.monotonic() - began, door.begun))
        if not len(samples) % (LOOKS // 20):
            say(f"{door.begun:,} connects, {samples[-1].uss / 2**20:.1f} MiB")
        await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    sys.exit(main())
