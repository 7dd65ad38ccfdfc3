"""`make bench-peers`: measure each server in turn, then all again; tell, draw and keep."""

import asyncio
import os
import sys
from pathlib import Path

import psutil

from bench import program
from bench.errors import CannotMeasure
from bench.peers import options
from bench.peers.catalog import PEERS
from bench.peers.errors import NotInstalled
from bench.peers.options import Options
from bench.peers.report import HALLS, Report, Sample, middle
from bench.peers.rounds import measure
from bench.peers.servers import open_files
from bench.peers.table import text
from bench.peers.versions import versions
from bench.picture import bars
from bench.program import say

PICTURE = "peers.svg"


def main() -> int:
    """Do what the command line asks for; 0 unless something of ours was lost or a server could not be run."""
    asked = options.read(sys.argv[1:])
    return program.run("bench-peers", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Measure all, tell and keep."""
    if open_files() < asked.sockets + 200:
        raise CannotMeasure(f"{asked.sockets} sockets need more open files than this system allows; see: ulimit -Hn")
    report = asyncio.run(run(asked, folder))
    print(f"\n{text(report)}\n")
    if report.samples:
        draw(report, [folder, *([Path(asked.plots)] if asked.plots else [])])
    program.keep(report, folder, "peers")
    return 1 if report.faults else 0


async def run(asked: Options, folder: Path) -> Report:
    """All rounds; who could not be run once is not asked again."""
    samples: list[Sample] = []
    absent: dict[str, str] = {}
    failed: dict[str, str] = {}
    before = os.getloadavg()[0]
    for number in range(asked.rounds):
        for name in asked.peers:
            if name in absent or name in failed:
                continue
            say(f"Round {number + 1} of {asked.rounds}: {PEERS[name].title}.")
            try:
                samples += await measure(name, asked, folder)
            except NotInstalled as error:
                absent[name] = str(error)
            except CannotMeasure as error:
                failed[name] = str(error)
    load = before, os.getloadavg()[0]
    return Report(asked, versions(folder), samples, absent, failed, load, psutil.cpu_count() or 1)


def draw(report: Report, folders: list[Path]) -> None:
    """CPU a delivery by peer, as a picture."""
    names = report.peers(HALLS)
    values = {PEERS[name].title: middle(report.of(name, HALLS), Sample.a_delivery).median for name in names}
    title = f"CPU of the server a delivery, {report.asked.sockets:,} sockets in rooms of {report.asked.rooms_of}"
    for folder in folders:
        bars(folder / PICTURE, title, "µs, less is better", values)


if __name__ == "__main__":
    sys.exit(main())
