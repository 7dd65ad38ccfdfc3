"""`make faults`: start the real thing, break it part by part under load, judge, report."""

import contextlib
import datetime
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import psutil
import uvloop

import bench.faults.injections  # noqa: F401 — enters the faults into the catalogue.
from bench.errors import CannotMeasure
from bench.faults import control, options
from bench.faults.catalog import FAULTS, Site
from bench.faults.control.lab import ControlLab
from bench.faults.control.person import ControlPerson
from bench.faults.control.rounds import ControlRound
from bench.faults.crowd import Crowd
from bench.faults.lab import Lab
from bench.faults.options import Options
from bench.faults.outcome import Outcome
from bench.faults.post import seat_absent
from bench.faults.rounds import Round
from bench.faults.sentinel_lab import SentinelLab
from bench.faults.smalldisk import small_disk
from bench.faults.table import table
from bench.load import allow_sockets
from collab.embedded.environment import var_folder

#: The sites of a run, in their order.
KINDS: dict[Site, type[Lab]] = {Site.USUAL: Lab, Site.SENTINELS: SentinelLab, Site.SMALL_DISK: Lab}


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


async def run(asked: Options, folder: Path) -> list[Outcome]:
    """All rounds, those that need another kind of site on one of their own."""
    names = schedule(asked)
    outcomes = []
    for site, kind in KINDS.items():
        here = [name for name in names if FAULTS[name].site is site]
        disk = small_disk if site is Site.SMALL_DISK else lambda _: contextlib.nullcontext()
        outcomes += await on_site(asked, folder, here, kind, disk) if here else []
    return outcomes


async def on_site(
    asked: Options,
    folder: Path,
    names: list[str],
    kind: type[Lab],
    disk: Callable[[Path], AbstractContextManager[None]],
) -> list[Outcome]:
    """Rounds on one site, its database on a disk of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-", dir=folder, ignore_cleanup_errors=True) as name,
        disk(Path(name) / "postgres"),
    ):
        lab = kind(Path(name), asked.nodes)
        try:
            say(f"Starting {', '.join(part.name for part in lab.parts)}.")
            await lab.start()
            say(f"Seating {asked.people:,} people.")
            seats = await lab.seat(asked.people, asked.rooms_of)
            await seat_absent(lab, seats)
            crowd = Crowd(seats, lab.url, asked.rate, random.Random(f"{asked.seed} talk"))
            await crowd.arrive()
            return [await one(asked, lab, crowd, each) for each in names]
        finally:
            await lab.stop()
            keep_logs(lab, folder / "faults-logs")


def keep_logs(lab: Lab, folder: Path) -> None:
    """What the parts of the last run said."""
    folder.mkdir(exist_ok=True)
    for log in lab.folder.glob("*.log"):
        shutil.copy(log, folder)


async def run_control(asked: Options, folder: Path) -> list[Outcome]:
    """The same faults on the chat of Channels' tutorial, each once."""
    possible = [name for name in asked.faults if name in control.FAULTS]
    with tempfile.TemporaryDirectory(prefix="control-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = ControlLab(Path(name), asked.nodes)
        try:
            say(f"Starting the control: the chat of Channels' tutorial on {asked.nodes} nodes.")
            await lab.start()
            seats = control.seats(asked.people, asked.rooms_of)
            crowd = Crowd(seats, lab.url, asked.rate, random.Random(f"{asked.seed} talk"), ControlPerson)
            await crowd.arrive()
            return [await one(asked, lab, crowd, name, ControlRound) for name in possible]
        finally:
            await lab.stop()


async def one(asked: Options, lab: Lab, crowd: Crowd, name: str, kind: type[Round] = Round) -> Outcome:
    """One round, told as it ends."""
    began = time.monotonic()
    outcome = await kind(lab, crowd, FAULTS[name], asked.seed, peace=asked.peace, calm=asked.calm).run()
    mark = "kept" if outcome.is_clean else f"BROKEN ({sum(outcome.faults.values()):,} times)"
    took = f"{outcome.caught_up:.2f} s ({time.monotonic() - began:.0f} s in all)"
    say(f"{outcome.system}: {name}: {mark}; {outcome.accepted:,} accepted, all caught up after {took}{closes(outcome)}")
    for line in (*outcome.notes, *outcome.cases):
        say(f"  {line}")
    for line in outcome.late:
        say(f"  late: {line}")
    return outcome


def closes(outcome: Outcome) -> str:
    """How sockets ended."""
    return "".join(f"; {count} sockets closed with {code}" for code, count in sorted(outcome.closes.items()))


def schedule(asked: Options) -> list[str]:
    """Each fault of the list, then some by lot."""
    possible = [name for name in asked.faults if not FAULTS[name].why_not()]
    for name in asked.faults:
        if name not in possible:
            say(f"{name} cannot be injected here: {FAULTS[name].why_not()}")
    lot = random.Random(f"{asked.seed} order")
    return possible + [lot.choice(possible) for _ in range(asked.random)]


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


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
