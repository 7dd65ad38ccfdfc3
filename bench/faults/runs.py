"""The rounds of a run, each on the kind of site that its fault needs."""

import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import bench.faults.injections  # noqa: F401 — enters the faults into the catalogue.
from bench.faults import control
from bench.faults.catalog import FAULTS, Site
from bench.faults.control.lab import ControlLab, ControlSentinelLab
from bench.faults.control.person import ControlPerson
from bench.faults.control.rounds import ControlRound
from bench.faults.crowd import Crowd
from bench.faults.lab import Lab
from bench.faults.options import Options
from bench.faults.outcome import Outcome
from bench.faults.part import keep_logs
from bench.faults.post import seat_absent
from bench.faults.rounds import Round
from bench.faults.sentinel_lab import SentinelLab
from bench.faults.smalldisk import small_disk
from bench.figures import Spread
from bench.program import say

#: The sites of a run, in their order.
KINDS: dict[Site, type[Lab]] = {Site.USUAL: Lab, Site.SENTINELS: SentinelLab, Site.SMALL_DISK: Lab}
CONTROL_KINDS: dict[Site, type[ControlLab]] = {Site.USUAL: ControlLab, Site.SENTINELS: ControlSentinelLab}


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
            async with Crowd(seats, lab.url, asked.rate, random.Random(f"{asked.seed} talk")) as crowd:
                return [
                    await one(asked, lab, crowd, each, turn=names[:number].count(each))
                    for number, each in enumerate(names)
                ]
        finally:
            await lab.stop()
            keep_logs(lab.folder, folder / "faults-logs")


async def run_control(asked: Options, folder: Path) -> list[Outcome]:
    """The same faults on the chat of Channels' tutorial, each once."""
    possible = [name for name in asked.faults if name in control.FAULTS and not FAULTS[name].why_not()]
    outcomes = []
    for site, kind in CONTROL_KINDS.items():
        here = [name for name in possible if FAULTS[name].site is site]
        outcomes += await control_on_site(asked, folder, here, kind) if here else []
    return outcomes


async def control_on_site(asked: Options, folder: Path, names: list[str], kind: type[ControlLab]) -> list[Outcome]:
    """Rounds of the control on one site."""
    with tempfile.TemporaryDirectory(prefix="control-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = kind(Path(name), asked.nodes)
        try:
            say(f"Starting the control: the chat of Channels' tutorial on {asked.nodes} nodes.")
            await lab.start()
            seats = control.seats(asked.people, asked.rooms_of)
            lot = random.Random(f"{asked.seed} talk")
            async with Crowd(seats, lab.url, asked.rate, lot, ControlPerson) as crowd:
                return [await one(asked, lab, crowd, each, ControlRound) for each in names]
        finally:
            await lab.stop()


async def one(
    asked: Options, lab: Lab, crowd: Crowd, name: str, kind: type[Round] = Round, *, turn: int = 0
) -> Outcome:
    """One round, told as it ends."""
    began = time.monotonic()
    fault = FAULTS[name]
    outcome = await kind(lab, crowd, fault, asked.seed, peace=asked.peace, calm=asked.calm, turn=turn).run()
    tell(outcome, time.monotonic() - began)
    return outcome


def tell(outcome: Outcome, seconds: float) -> None:
    """Say what came of a round that took so many seconds in all."""
    mark = "kept" if outcome.is_clean else f"BROKEN ({sum(outcome.faults.values()):,} times)"
    took = f"{outcome.caught_up:.2f} s ({seconds:.0f} s in all)"
    what = f"{outcome.system}: {outcome.fault}: {mark}"
    say(f"{what}; {outcome.accepted:,} accepted, all caught up after {took}{closes(outcome)}")
    for line in (*outcome.notes, *outcome.cases, *times(outcome)):
        say(f"  {line}")
    for line in outcome.late:
        say(f"  late: {line}")


def times(outcome: Outcome) -> Iterator[str]:
    """How long things took, where it was about that."""
    if outcome.away_target:
        yield told("away in all, by person", outcome.absences)
    if outcome.elsewhere.count:
        yield told("to people on other nodes meanwhile", outcome.elsewhere)
        yield told("answers to senders", outcome.answers)


def told(what: str, spread: Spread) -> str:
    """A spread in words."""
    return f"{what}: p50 {spread.p50:,.0f} ms, p99 {spread.p99:,.0f} ms, max {spread.max:,.0f} ms of {spread.count:,}"


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
