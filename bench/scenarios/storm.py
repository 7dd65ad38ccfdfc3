"""`storm`: everybody is cut off at once, and comes back, while some go on talking."""

import asyncio
import contextlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from bench.crowd import Crowd
from bench.errors import CannotMeasure
from bench.faults.part import until_told
from bench.figures import spread
from bench.judge import Measured
from bench.orders import Absence
from bench.outcome import Condition, Outcome, at_most, none_of
from bench.plan import SECOND, sayings
from bench.program import say
from bench.scenarios import fan_out
from bench.stage import Stage, until
from bench.usage import Usage

FULL = Condition(sockets=10_000, rooms_of=20, rooms_each=10, rate=20, seconds=40)
QUICK = Condition(sockets=40, rooms_of=4, rooms_each=3, rate=20, seconds=2)
#: Of the time in which there is talk, the part before the cut.
BEFORE = 0.125
#: Seconds within which they must be back to be waited for at all.
PATIENCE = 180.0


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure."""
    crowd = await stage.gather(fan_out.seating(asked))
    plan = list(sayings(crowd.seats, asked.rate, asked.seconds))
    start = await crowd.say(plan)
    await until(start)
    meter = stage.meter()
    await until(start + round(BEFORE * asked.seconds * SECOND))
    say("Cutting all sockets.")
    returning = await cut(stage, crowd)
    await crowd.settle()
    run, measured = await stage.conclude("storm", plan, start, meter.used())
    stayed_away = [each for each in measured.absences if not each.until]
    back, times = seconds_away(measured.absences), spread(to_those_back(measured))
    figures = {
        "all back and caught up after, s": max(back, default=0.0),
        "half of them back after, s": sorted(back)[len(back) // 2] if back else 0.0,
        "deliveries to those already back": float(times.count),
        "p99 of these, ms": times.p99,
        **{f"CPU until all were back, {part}, s": returning.cpu.get(part, 0.0) for part in ("Daphne", "PostgreSQL")},
    }
    targets = [
        at_most("all back", 20, max(back, default=0.0), "s"),
        at_most("p99 of those back", 250, times.p99, "ms"),
        none_of("lost", run.result.faults["lost"]),
    ]
    made = fan_out.outcome("storm", asked, run, measured, figures, targets)
    made.failures = [f"{len(stayed_away):,} people did not come back"] if stayed_away else []
    if len({each.seat for each in measured.absences}) < asked.sockets:
        made.failures.append("not everybody was cut off")
    return made


async def cut(stage: Stage, crowd: Crowd) -> Usage:
    """Cut everybody off, and wait until they are back; what was used meanwhile."""
    meter = stage.meter()
    await crowd.cut()
    await all_back(crowd)
    return meter.used()


async def all_back(crowd: Crowd) -> None:
    """Wait until everyone is there again, or it takes too long."""
    # The first look may come before the loads have heard that their connections are torn.
    await asyncio.sleep(0.2)

    async def look() -> bool:
        return (await crowd.standing()).live == len(crowd.seats)

    with contextlib.suppress(CannotMeasure):
        await until_told(look, "not all are back", PATIENCE)


def seconds_away(absences: Sequence[Absence]) -> list[float]:
    """Seconds from the cut until each of them was back and caught up; of those who are back."""
    torn = min((each.since for each in absences), default=0)
    return [(each.until - torn) / SECOND for each in absences if each.until]


def to_those_back(measured: Measured) -> list[int]:
    """Nanoseconds to each screen, of what was to be said when all were cut, both ends there again, and others not."""
    away = _away(measured.absences)
    torn = max((min(each.since for each in mine) for mine in away.values()), default=0)
    all_back = max((each.until or sys.maxsize for each in measured.absences), default=0)
    return [
        late
        for message, seat, late in measured.deliveries
        if torn <= (moment := measured.meant(message)) < all_back
        and not _is_away(away, chain([seat], [measured.plan[message].seat]), moment)
    ]


def _away(absences: Iterable[Absence]) -> Mapping[int, list[Absence]]:
    away: dict[int, list[Absence]] = defaultdict(list)
    for each in absences:
        away[each.seat].append(each)
    return away


def _is_away(away: Mapping[int, list[Absence]], seats: Iterable[int], moment: int) -> bool:
    return any(
        each.since <= moment and (moment < each.until or not each.until)
        for seat in seats
        for each in away.get(seat, ())
    )
