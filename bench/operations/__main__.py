"""`make operations`: start a site, have people do many things at once, cut lines, and compare everything."""

import asyncio
import gc
import sys
import tempfile
from pathlib import Path

import msgspec
import psutil
import uvloop

from bench import program
from bench.faults.lab import Lab
from bench.faults.part import keep_logs
from bench.open_files import allow_sockets
from bench.operations import options
from bench.operations.cast import Cast
from bench.operations.cuts import LossyWay
from bench.operations.options import Options
from bench.operations.run import Run, Seen
from bench.program import say

MOST_SHOWN = 50


def main() -> int:
    """Do what the command line asks for; 0 only where nothing differed."""
    asked = options.read(sys.argv[1:])
    return program.run("operations", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Do it all, and tell."""
    say(f"Seed {asked.seed}: make operations SEED={asked.seed}")
    # Hundreds of thousands of messages are kept, and none of them in a ring.
    gc.set_threshold(100_000, 50, 100)
    allow_sockets(asked.people * 3)
    seen = uvloop.run(run(asked, folder))
    print(report(asked, seen))
    return 1 if seen.differences else 0


async def run(asked: Options, folder: Path) -> Seen:
    """All of it, on a site of its own."""
    with tempfile.TemporaryDirectory(prefix="operations-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = Lab(Path(name), asked.nodes)
        way = LossyWay(lab.redis.sockets / "valkey.sock", lab.folder / "lossy.sock")
        # What the last node publishes may be lost; and whatever it hears comes this way, too.
        lab.nodes[-1].environment["REDIS_URL"] = way.url
        async with way:
            try:
                say(f"Starting PostgreSQL, Valkey, {asked.nodes} nodes, NGINX, a worker and beat.")
                await lab.start()
                # A form that is refused is shown again, on a page.
                await lab.command("manage.py", "collectstatic", "--no-input", "--verbosity=0")
                say(f"Seating {asked.people:,} people in {asked.rooms:,} rooms.")
                return await Run(asked, lab, await seat(asked, lab), way, say).run()
            finally:
                await lab.stop()
                keep_logs(lab.folder, folder / "operations-logs")


async def seat(asked: Options, lab: Lab) -> Cast:
    """Have people and rooms made."""
    file = lab.folder / "cast.json"
    numbers = map(str, (asked.people, asked.rooms, asked.seed))
    await lab.command("-m", "bench.operations.seating", *numbers, str(file))
    content = await asyncio.to_thread(file.read_bytes)
    return msgspec.json.decode(content, type=Cast)


def report(asked: Options, seen: Seen) -> str:
    """What was seen, for people."""
    differences = [str(each) for each in seen.differences[:MOST_SHOWN]]
    more = len(seen.differences) - len(differences)
    work = max(seen.operations, 1)
    lines = [
        f"{asked.people} people, {asked.rooms} rooms, {asked.nodes} nodes, seed {asked.seed}, "
        f"{psutil.cpu_count()} cores",
        f"operations      {seen.operations:,}, {work / max(seen.working, 0.001):.0f} a second; "
        f"{seen.seconds:.0f} s with the comparisons",
        f"carried out     {listed(seen.done)}",
        f"refused         {listed(seen.refused)}",
        f"cut             {listed(seen.cuts)}; {seen.lost:,} publishes lost",
        f"heard           {seen.heard:,} events on all pages",
        f"compared        {seen.comparisons} times: {listed(seen.compared)}",
        f"read            all had heard who had read what after {seen.told_after:.1f} s at most",
        f"CPU a thousand  {', '.join(f'{name} {used * 1000 / work:.2f} s' for name, used in seen.cpu.items())}",
        *(f"DIFFERENT       {each}" for each in differences),
        *([f"                and {more:,} more"] if more else []),
        "RED: somebody has something else than the site." if differences else "All pages have what the site has.",
    ]
    return "\n".join(["", *lines])


def listed(counted: dict[str, int]) -> str:
    """Numbers with their names, the largest first."""
    largest = sorted(counted.items(), key=lambda item: -item[1])
    return ", ".join(f"{count:,} {name}" for name, count in largest) or "none"


if __name__ == "__main__":
    sys.exit(main())
