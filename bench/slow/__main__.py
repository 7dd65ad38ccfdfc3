"""`make slow-reader`: people stop reading, and the node and their neighbours are measured with and without that."""

import datetime
import os
import signal
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop

from bench.churn.meter import Meter
from bench.errors import CannotMeasure
from bench.faults.lab import Lab
from bench.faults.part import until_told
from bench.run import say, stop
from bench.slow import options
from bench.slow.options import Options
from bench.slow.report import Report, table
from bench.slow.rounds import Round, Stage
from collab.embedded.environment import var_folder


def main() -> int:
    """Do what the command line asks for; 0 only where nobody else paid."""
    signal.signal(signal.SIGTERM, stop)
    asked = options.read(sys.argv[1:])
    folder = var_folder(os.environ) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        report = uvloop.run(run(asked, folder))
    except CannotMeasure as error:
        print(f"slow-reader: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"\n{table(report)}\n")
    now = datetime.datetime.now(datetime.UTC)
    file = folder / f"slow-reader-{now:%Y-%m-%dT%H-%M-%S}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    print(f"All figures: {file}")
    return 1 if report.faults else 0


async def run(asked: Options, folder: Path) -> Report:
    """A site of its own with one node; the first round warms up and does not count."""
    with tempfile.TemporaryDirectory(prefix="slow-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = Lab(Path(name), 1)
        # At this level the node answers what it holds.
        lab.nodes[0].environment["LOG_LEVEL"] = "INFO"
        try:
            say("Starting a site with one node.")
            await lab.start()
            everyone = asked.people + asked.readers
            say(f"Seating {everyone} people in one room.")
            seats, meter = await lab.seat(everyone, everyone), Meter(lab, lab.nodes[0])
            stage = Stage(asked, f"http://127.0.0.1:{lab.ports[0]}", lab.url, seats, meter)
            rounds = [await one(stage, meter, number, asked.pairs) for number in range(-1, 2 * asked.pairs)]
            return Report(asked, rounds[1:])
        finally:
            await lab.stop()


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
