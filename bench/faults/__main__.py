"""`make faults`: start the real thing, break it part by part under load, judge, report."""

import datetime
import os
import signal
import sys
from pathlib import Path

import msgspec
import psutil
import uvloop

from bench.errors import CannotMeasure
from bench.faults import control, options
from bench.faults.options import Options
from bench.faults.outcome import Outcome
from bench.faults.runs import run, run_control, say
from bench.faults.table import table
from bench.load import allow_sockets
from collab.embedded.environment import var_folder


def main() -> int:
    """Do what the command line asks for; 0 only where nothing was lost, doubled or out of order."""
    signal.signal(signal.SIGTERM, stop)
    asked = options.read(sys.argv[1:])
    folder = var_folder(os.environ) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    say(f"Seed {asked.seed}: make faults SEED={asked.seed}")
    try:
        allow_sockets(asked.people * 4)
        outcomes = uvloop.run(run(asked, folder))
        beside = uvloop.run(run_control(asked, folder)) if asked.control else []
    except CannotMeasure as error:
        print(f"faults: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"\n{conditions(asked, outcomes)}\n\n{table(outcomes, beside)}\n")
    if beside:
        print(f"{control.ABOUT}\n")
    write(asked, outcomes + beside, folder)
    return 0 if all(each.is_clean and not (asked.strict and each.late) for each in outcomes) else 1


def conditions(asked: Options, outcomes: list[Outcome]) -> str:
    """What was run, and where."""
    accepted = sum(each.accepted for each in outcomes)
    return (
        f"{asked.people} people in rooms of {asked.rooms_of}, {asked.rate} messages a second, {asked.nodes} nodes, "
        f"seed {asked.seed}, {psutil.cpu_count()} cores; {accepted:,} sends accepted."
    )


def write(asked: Options, outcomes: list[Outcome], folder: Path) -> None:
    """Keep everything as JSON."""
    now = datetime.datetime.now(datetime.UTC)
    file = folder / f"faults-{now:%Y-%m-%dT%H-%M-%S}.json"
    report = {"asked": asked, "cores": psutil.cpu_count(), "outcomes": outcomes}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    print(f"All figures: {file}")


def stop(*_: object) -> None:
    """End in order, as for Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
