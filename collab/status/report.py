"""What the page says, made of what was measured: pure, so that every look of it can be tried."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import rules
from .incidents import MINUTE, Incident, incidents
from .store import Record
from .tally import State, Tally, total

DAY = timedelta(days=1)
HEADLINES = {
    State.UNMEASURED: "Nothing is measured right now",
    State.WORKS: "Everything works",
    State.SLOW: "Messages take longer than usual",
    State.UNSTEADY: "Some messages fail or come late",
    State.DOWN: "Messages cannot be sent right now",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: its beats, and how many of its minutes were measured of those that could have been."""

    start: datetime
    tally: Tally
    minutes: int
    possible: int
    #: Its worst minute; of a day, its beats taken together.
    state: State

    @classmethod
    def of(cls, start: datetime, parts: Collection["Span"]) -> "Span":
        """Several that follow one another, as one that is as bad as the worst of them."""
        return cls(
            start=start,
            tally=total(each.tally for each in parts),
            minutes=sum(each.minutes for each in parts),
            possible=sum(each.possible for each in parts),
            state=max(each.state for each in parts),
        )

    @property
    def measured(self) -> float:
        """Share of its time that was measured, 0 to 1."""
        return min(1.0, self.minutes / max(1, self.possible))


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything at one moment. It is the same as itself alone, so that what is made of it can be kept by it."""

    at: datetime
    state: State
    #: Since when it is not well; None where it is, or nobody knows.
    since: datetime | None
    #: Read from the database just now; else it is what this node last knew, and the canary on this machine.
    is_fresh: bool
    lately: Tally
    day: Span
    slots: list[Span]
    month: Span
    days: list[Span]
    incidents: list[Incident]
    #: The first minute that is known of.
    first: datetime | None

    @property
    def headline(self) -> str:
        """How it is, in a few words."""
        return HEADLINES[self.state]


def report(record: Record, now: datetime, *, is_fresh: bool = True, away_since: datetime | None = None) -> Report:
    """Put it together. `away_since`: since when the database does not answer this node."""
    running = now.replace(second=0, microsecond=0)
    told = incidents(record.troubled, running)
    state = _present(record.minutes, now)
    since = told[0].start if told and not told[0].is_over else None
    if away_since is not None and state != State.DOWN:
        # Whatever was measured before: without its database a site accepts nothing.
        state, since = State.DOWN, away_since
    first = min([record.since or running, *record.minutes])
    slots, days = _slots(record, now, first), _days(record, now, first)
    return Report(
        at=now,
        state=state,
        since=since if state > State.WORKS else None,
        is_fresh=is_fresh,
        lately=total(each for minute, each in record.minutes.items() if minute > now - rules.LATELY),
        day=Span.of(slots[0].start, slots),
        slots=slots,
        month=Span.of(days[0].start, days),
        days=days,
        incidents=told,
        first=first if record.minutes or record.since else None,
    )


def _present(minutes: Mapping[datetime, Tally], now: datetime) -> State:
    """How the newest minute was that can be judged."""
    for minute in sorted(minutes, reverse=True):
        if minute + MINUTE <= now or minutes[minute].beats >= rules.ENOUGH:
            return State.UNMEASURED if now - (minute + MINUTE) > rules.STALE_AFTER else minutes[minute].state
    return State.UNMEASURED


def _slots(record: Record, now: datetime, first: datetime) -> list[Span]:
    size = rules.SLOT
    last = datetime.fromtimestamp(now.timestamp() // size.total_seconds() * size.total_seconds(), now.tzinfo)
    starts = [last - number * size for number in range(DAY // size)][::-1]
    by_slot: dict[datetime, list[Tally]] = {start: [] for start in starts}
    for minute, tally in record.minutes.items():
        start = minute - timedelta(seconds=minute.timestamp() % size.total_seconds())
        if start in by_slot:
            by_slot[start].append(tally)
    return [_slot(start, each, _possible(start, start + size, first, now)) for start, each in by_slot.items()]


def _slot(start: datetime, tallies: list[Tally], possible: int) -> Span:
    worst = max((each.state for each in tallies), default=State.UNMEASURED)
    return Span(start, total(tallies), len(tallies), possible, worst)


def _days(record: Record, now: datetime, first: datetime) -> list[Span]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - number * DAY for number in range(rules.DAYS)][::-1]
    by_day: dict[datetime, list[tuple[Tally, int]]] = {start: [] for start in starts}
    for hour, measured in record.hours.items():
        start = hour.replace(hour=0)
        if start in by_day:
            by_day[start].append(measured)
    return [_day(start, each, _possible(start, start + DAY, first, now)) for start, each in by_day.items()]


def _day(start: datetime, hours: list[tuple[Tally, int]], possible: int) -> Span:
    tally = total(each for each, _ in hours)
    return Span(start, tally, sum(minutes for _, minutes in hours), possible, _grade(tally))


def _grade(tally: Tally) -> State:
    """A day is judged as a whole: one bad minute is not a bad day."""
    if tally.availability is None:
        return State.UNMEASURED
    if tally.availability >= rules.GOOD and not tally.lost:
        return State.WORKS
    return State.UNSTEADY if tally.availability >= rules.FAIR else State.DOWN


def _possible(start: datetime, end: datetime, first: datetime, now: datetime) -> int:
    """Minutes of it that are over, since there is a canary at all."""
    return max(0, (min(end, now) - max(start, first)) // MINUTE)
