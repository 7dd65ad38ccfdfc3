"""`make slow-reader`: people stop reading, and the node and their neighbours are measured with and without that."""

import sys
from pathlib import Path

import uvloop

from bench import program
from bench.churn.meter import Meter
from bench.faults.lone_node import lone_node
from bench.faults.part import until_told
from bench.program import say
from bench.slow import options
from bench.slow.options import Options
from bench.slow.report import Report, table
from bench.slow.rounds import Round, Stage


def main() -> int:
    """Do what the command line asks for; 0 only where nobody else paid."""
    asked = options.read(sys.argv[1:])
    return program.run("slow-reader", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Play all rounds, tell and keep."""
    report = uvloop.run(run(asked, folder))
    print(f"\n{table(report)}\n")
    program.keep(report, folder, "slow-reader")
    return 1 if report.faults else 0


async def run(asked: Options, folder: Path) -> Report:
    """A site of its own with one node; the first round warms up and does not count."""
    async with lone_node(folder) as lab:
        everyone = asked.people + asked.readers
        say(f"Seating {everyone} people in one room.")
        seats, meter = await lab.seat(everyone, everyone), Meter(lab, lab.nodes[0])
        stage = Stage(asked, f"http://127.0.0.1:{lab.ports[0]}", lab.url, seats, meter)
        rounds = [await one(stage, meter, number, asked.pairs) for number in range(-1, 2 * asked.pairs)]
        return Report(asked, rounds[1:])


async def one(stage: Stage, meter: Meter, number: int, pairs: int) -> Round:
    """One round, told as it begins; done when its sockets are gone."""
    stopped = number % 2 == 1 and number > 0
    say(f"Round {number + 1} of {2 * pairs}, {'some have stopped reading' if stopped else 'all read'}.")
    done = await stage.play(number // 2, stopped=stopped)

    async def is_empty() -> bool:
        return not (await meter.gauges())["server.connections"]

    await until_told(is_empty, "the node does not forget its sockets", 120)
    return done


if __name__ == "__main__":
    sys.exit(main())
