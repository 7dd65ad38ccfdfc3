"""The report as it is drawn: where each column stands, and what it says in words. Times are UTC: all see one page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from . import histogram, rules
from .incidents import seconds
from .report import Report, Span
from .tally import State, Tally

#: Of the plot of a day, in its own units: a column is one wide, and so high is ten seconds.
HEIGHT = 100
#: Of the strip of days.
DAY_HEIGHT = 40
#: A day that is all failed is still seen to be one that was measured.
LOWEST = 6
#: A line across for each of these, in milliseconds.
LINES = (10, 100, 1_000)


@dataclass(frozen=True, slots=True)
class Column:
    """One stretch of time: a bar for the median within one for what 99 of 100 took."""

    x: int
    span: Span
    label: str
    median: float
    p99: float

    @property
    def words(self) -> str:
        """What it says, for those who point at it."""
        return f"{self.label}: {in_words(self.span)}"

    @property
    def cells(self) -> list[str]:
        """The same in a row of a table: available, half within, 99 of 100 within, lost, measured."""
        tally = self.span.tally
        lost = f"{tally.lost:,}" if tally.beats else "–"
        return [percent(tally.availability), _time(tally.median), _time(tally.p99), lost, percent(self.span.measured)]


@dataclass(frozen=True, slots=True)
class Back:
    """What stands behind columns next to each other that were all alike, and not well."""

    x: int
    width: int
    state: State


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the plot, at so high from its top."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers at the top."""

    name: str
    value: str
    words: str


def figures(said: Report) -> list[Figure]:
    """The numbers at the top."""
    lost = f"{said.month.tally.lost:,}" if said.month.tally.beats else "–"
    lately, day, month = said.lately, said.day.tally, said.month.tally
    return [
        Figure("Delivered now within", _time(lately.median), f"half of them; 99 of 100 within {_time(lately.p99)}"),
        Figure("Available, 24 hours", percent(day.availability), _failed(day)),
        Figure(f"Available, {rules.DAYS} days", percent(month.availability), _failed(month)),
        Figure("Lost messages", lost, f"in {rules.DAYS} days; 0 is the promise"),
    ]


def day(said: Report) -> list[Column]:
    """The last 24 hours, by ten minutes."""
    return [
        Column(x, span, f"{span.start:%H:%M}", height(span.tally.median), height(span.tally.p99))
        for x, span in enumerate(said.slots)
    ]


def backs(columns: Sequence[Column]) -> list[Back]:
    """Behind those that were not well."""
    runs = [list(each) for _, each in groupby(columns, key=lambda column: column.span.state)]
    return [Back(run[0].x, len(run), run[0].span.state) for run in runs if run[0].span.state != State.WORKS]


def days(said: Report) -> list[Column]:
    """The last days. As high as they were available, from 98 % on: nearly all are near 100 %."""
    return [Column(x, span, f"{span.start:%-d %B}", _height_of(span), DAY_HEIGHT) for x, span in enumerate(said.days)]


def hours(said: Report) -> list[Column]:
    """The last 24 hours by the hour, for a table; the newest first."""
    by_hour: dict[datetime, list[Span]] = {}
    for span in said.slots:
        by_hour.setdefault(span.start.replace(minute=0), []).append(span)
    merged = [Span.of(start, spans) for start, spans in by_hour.items()]
    return [Column(x, span, f"{span.start:%H:%M}", 0, 0) for x, span in enumerate(reversed(merged))]


def lines() -> list[Mark]:
    """Across the plot of a day."""
    return [Mark(HEIGHT - height(each), seconds(each)) for each in LINES]


def height(milliseconds: int | None) -> float:
    """On a scale that begins at 1 ms and ends at 10 s, each ten times the one before as far from it."""
    if milliseconds is None:
        return 0.0
    share = math.log10(max(1, milliseconds)) / math.log10(histogram.BOUNDS[-1])
    return round(HEIGHT * min(1.0, max(0.03, share)), 1)


def in_words(span: Span) -> str:
    """A stretch of time in one line."""
    tally = span.tally
    if tally.availability is None:
        return "not measured"
    told = [f"{percent(tally.availability)} available"]
    if tally.median is not None and tally.p99 is not None:
        told.append(f"half within {seconds(tally.median)}, 99 of 100 within {seconds(tally.p99)}")
    if tally.lost:
        told.append(f"{tally.lost} lost")
    if span.measured < 0.95:
        told.append(f"measured {percent(span.measured)} of the time")
    return ", ".join(told)


def _time(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else seconds(milliseconds)


def _failed(tally: Tally) -> str:
    return f"{tally.unavailable:,} of {tally.beats:,} failed or came late" if tally.beats else "nothing was measured"


def percent(share: float | None) -> str:
    """Cut, never rounded up: 100 % is said of nothing less."""
    if share is None:
        return "–"
    cut = math.floor(share * 10_000 + 1e-9) / 100
    return f"{cut:.2f}".rstrip("0").rstrip(".") + " %"


def _height_of(span: Span) -> float:
    share = span.tally.availability
    if share is None:
        return 0.0
    missing = min(1.0, (1 - share) / (2 * (1 - rules.FAIR)))
    return round(LOWEST + (DAY_HEIGHT - LOWEST) * (1 - missing), 1)
