"""A run: the site, its people, and one fault after another."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.cluster import user_seconds
from bench.cluster.injections import FAULTS
from bench.cluster.lab import ClusterLab
from bench.cluster.loopback import Loopback
from bench.cluster.namespaces import Namespaces, namespaces, why_not
from bench.cluster.options import Options
from bench.cluster.postgres import bouncer_program
from bench.cluster.team import Team
from bench.cluster.user_seconds import PATIENCE, STRICT, Tally, tally
from bench.errors import CannotMeasure
from bench.faults.machines import Machines
from bench.faults.outcome import Outcome
from bench.faults.part import keep_logs
from bench.faults.rounds import Round
from bench.faults.runs import tell
from bench.plan import Seating
from bench.program import say

#: The fault for which machines must have networks of their own.
CABLE = "machine-cut-off"
COMMITS = "SELECT client_id::text, extract(epoch FROM at)::float8 FROM rooms_message WHERE client_id = ANY(%s::uuid[])"


class Blow(msgspec.Struct, kw_only=True):
    """A fault, and what it cost. `at`: seconds from the beginning of the run."""

    at: float
    outcome: Outcome
    tallies: list[Tally]


async def run(asked: Options, folder: Path) -> list[Blow]:
    """All faults that are asked for, one after another.

    Raises:
        CannotMeasure: the site does not start, or not as it is asked for.
    """
    if asked.pgbouncer and not bouncer_program():
        raise CannotMeasure("PgBouncer is not installed (on Debian: apt install pgbouncer).")
    with (
        tempfile.TemporaryDirectory(prefix="cluster-", dir=folder, ignore_cleanup_errors=True) as name,
        network(asked.network) as machines,
    ):
        lab = ClusterLab(Path(name), asked.nodes, machines, pooled=asked.pgbouncer)
        try:
            say(f"Starting {', '.join(part.name for part in lab.parts)}.")
            await lab.start()
            return await among_people(asked, lab)
        finally:
            await lab.stop()
            keep_logs(lab.folder, folder / "cluster-logs")


async def among_people(asked: Options, lab: ClusterLab) -> list[Blow]:
    """Break the site while people talk in it."""
    say(f"Seating {asked.people:,} people.")
    seats = await lab.seat_as(Seating(asked.people, asked.rooms_of, asked.rooms_each))
    async with Team(seats, lab.url, asked.people, random.Random(f"{asked.seed} talk")) as team:
        began = time.monotonic_ns()
        return [await blow(asked, lab, team, name, began) for name in possible(asked.faults, lab.machines)]


def possible(faults: list[str], machines: Machines) -> list[str]:
    """Those that machines of this kind can suffer.

    Raises:
        CannotMeasure: none is left.
    """
    if CABLE not in faults or isinstance(machines, Namespaces):
        return faults
    left = [each for each in faults if each != CABLE]
    if not left:
        raise CannotMeasure(f"{CABLE} needs network namespaces: addresses of the loopback have no cable.")
    say(f"{CABLE} is left out: addresses of the loopback have no cable.")
    return left


async def blow(asked: Options, lab: ClusterLab, team: Team, name: str, began: int) -> Blow:
    """One fault, told as its round ends."""
    started = time.monotonic()
    played = Round(lab, team, FAULTS[name], asked.seed, peace=asked.peace, calm=asked.calm)
    outcome = await played.run()
    history, broke_at = team.history, played.scene.broke_at
    spans = list(user_seconds.spans(history, await commits(lab, list(history.stored))))
    tallies = [tally(spans, asked.people, history.said[0].at, broke_at, each) for each in (PATIENCE, STRICT)]
    tell(outcome, time.monotonic() - started)
    for each in tallies:
        waits = ", ".join(f"{count} {wait}" for wait, count in each.waits.items())
        peace = f" and {each.lost_in_peace} before it" if each.lost_in_peace else ""
        say(f"  user-seconds lost, of {each.patience:g} s borne: {each.lost}{peace} ({waits})")
    return Blow(at=(broke_at - began) / 1e9, outcome=outcome, tallies=tallies)


async def commits(lab: ClusterLab, client_ids: list[str]) -> dict[str, int]:
    """When messages were stored, on the monotonic clock: the node's own time, shortly before the commit."""
    rows = await lab.ask(COMMITS, client_ids)
    ahead = time.time_ns() - time.monotonic_ns()
    return {client_id: round(at * 1e9) - ahead for client_id, at in rows}


@contextmanager
def network(asked: str) -> Iterator[Machines]:
    """Machines of the kind that is asked for, else of the best kind that can be had here.

    Raises:
        CannotMeasure: that kind cannot be had.
    """
    reason = why_not() if asked != "loopback" else "asked for"
    if asked == "namespaces" and reason:
        raise CannotMeasure(f"there are no network namespaces here: {reason}.")
    if reason:
        say(f"Machines are addresses of the loopback ({reason}).")
        yield Loopback()
        return
    say("Machines are network namespaces.")
    with namespaces() as machines:
        yield machines
