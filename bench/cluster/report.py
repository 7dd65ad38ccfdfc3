"""What a run of the cluster has shown, for people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import psutil

from bench.cluster.injections import FAULTS
from bench.cluster.options import Options
from bench.cluster.reckoning import WANTED, mean, percent, reckoned, uptime
from bench.cluster.runs import Blow
from bench.faults.table import markdown, seconds

HEADINGS = (
    "fault",
    "at",
    "accepted",
    "lost",
    "doubled",
    "disordered",
    "first accepted",
    "first delivery",
    "all caught up",
    "longest away",
    "user-seconds lost",
    "a person",
    "of 0.5 s",
    "a person",
    "p50, p99 in peace",
    "p50, p99 in fault",
)


def page(asked: Options, blows: Sequence[Blow]) -> str:
    """Everything, as it stands on a terminal."""
    table = markdown([HEADINGS, *map(cells, blows)])
    return "\n\n".join([conditions(asked, blows), table, *lines(blows)])


def conditions(asked: Options, blows: Sequence[Blow]) -> str:
    """What was run, and where."""
    pool = "PgBouncer" if asked.pgbouncer else "each process's own pool"
    return (
        f"{asked.people} people, {asked.rooms_each} rooms of {asked.rooms_of} each, {asked.people} messages a second; "
        f"{asked.nodes} nodes, 2 workers, PostgreSQL behind {pool}, Redis under 3 Sentinels; seed {asked.seed}, "
        f"{psutil.cpu_count()} cores; {sum(each.outcome.accepted for each in blows):,} sends accepted."
    )


def cells(blow: Blow) -> tuple[str, ...]:
    """One row."""
    outcome = blow.outcome
    return (
        outcome.fault,
        f"{blow.at:.0f} s",
        f"{outcome.accepted:,}",
        *(f"{count:,}" for count in (outcome.lost, outcome.doubled, outcome.disordered)),
        *map(seconds, (outcome.first_accepted, outcome.first_delivery, outcome.caught_up, outcome.away)),
        *(cell for each in blow.tallies for cell in (f"{each.lost:,}", f"{each.a_person:.2f} s")),
        *(f"{each.p50:.0f}, {each.p99:,.0f} ms" for each in (outcome.peace, outcome.storm)),
    )


def lines(blows: Sequence[Blow]) -> Iterator[str]:
    """The figures of all faults together."""
    of_all = list(zip(*(each.tallies for each in blows), strict=True))
    for tallies in of_all:
        total = sum(each.people * each.seconds for each in tallies)
        lost = sum(each.lost + each.lost_in_peace for each in tallies)
        peace = sum(each.lost_in_peace for each in tallies)
        judged = sum(each.judged for each in tallies) / total
        yield (
            f"In this run, waits of {tallies[0].patience:g} s borne: {lost:,} of {total:,} user-seconds lost "
            f"({peace:,} of them before a fault), {percent(1 - lost / total)} available; "
            f"in {judged:.1%} of them their person sent something."
        )
    yield from (reckoned(costs(blows, number), tallies[0].patience) for number, tallies in enumerate(of_all))
    if missing := sorted(FAULTS.keys() - costs(blows).keys()):
        yield f"Not in it, for they were not tried: {', '.join(missing)}."
    if not is_enough(blows):
        yield f"RED: that is less than {WANTED:.2%}."
    broken = sum(not each.outcome.is_clean for each in blows)
    yield f"RED: promises were broken in {broken} rounds." if broken else "Nothing lost, doubled or disordered."


def costs(blows: Sequence[Blow], number: int = 0) -> dict[str, float]:
    """By kind of fault, the seconds that one of it cost a person; `number`: of which patience."""
    seen: dict[str, list[float]] = defaultdict(list)
    for each in blows:
        seen[each.outcome.fault].append(each.tallies[number].a_person)
    return {fault: mean(values) for fault, values in seen.items()}


def is_enough(blows: Sequence[Blow]) -> bool:
    """The uptime is what is asked for."""
    return uptime(costs(blows)) >= WANTED
