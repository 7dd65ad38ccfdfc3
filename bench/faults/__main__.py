"""`make faults`: start the real thing, break it part by part under load, judge, report."""

import sys
from pathlib import Path

import psutil
import uvloop

from bench import program
from bench.faults import control, options
from bench.faults.options import Options
from bench.faults.outcome import Outcome
from bench.faults.runs import run, run_control
from bench.faults.table import table
from bench.open_files import allow_sockets
from bench.program import say


def main() -> int:
    """Do what the command line asks for; 0 only where nothing was lost, doubled or out of order."""
    asked = options.read(sys.argv[1:])
    return program.run("faults", lambda folder: work(asked, folder))


def work(asked: Options, folder: Path) -> int:
    """Break ours and the chat beside it, tell and keep."""
    say(f"Seed {asked.seed}: {options.again(asked.seed, sys.argv[1:])}")
    allow_sockets(asked.people * 4)
    outcomes = uvloop.run(run(asked, folder))
    beside = uvloop.run(run_control(asked, folder)) if asked.control else []
    print(f"\n{conditions(asked, outcomes)}\n\n{table(outcomes, beside)}\n")
    if beside:
        print(f"{control.ABOUT}\n")
    report = {"asked": asked, "cores": psutil.cpu_count(), "outcomes": outcomes + beside}
    program.keep(report, folder, "faults")
    return 0 if all(each.is_clean and not (asked.strict and each.late) for each in outcomes) else 1


def conditions(asked: Options, outcomes: list[Outcome]) -> str:
    """What was run, and where."""
    accepted = sum(each.accepted for each in outcomes)
    return (
        f"{asked.people} people in rooms of {asked.rooms_of}, {asked.rate} messages a second, {asked.nodes} nodes, "
        f"seed {asked.seed}, {psutil.cpu_count()} cores; {accepted:,} sends accepted."
    )


if __name__ == "__main__":
    sys.exit(main())
