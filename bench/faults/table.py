"""The outcomes as one table, for people."""

from collections.abc import Sequence

from bench.faults.outcome import Outcome

HEADINGS = (
    "fault",
    "accepted",
    "lost",
    "doubled",
    "disordered",
    "first accepted",
    "first delivery",
    "all caught up",
    "promised",
    "late",
    "longest away",
    "errors",
    "reloads",
    "p50 peace",
    "p99 peace",
    "p99 fault",
    "load",
)


#: Of the chat that stands beside.
BESIDE = ("its accepted", "its lost", "its doubled", "its disordered", "its caught up")


def table(outcomes: Sequence[Outcome], beside: Sequence[Outcome] = ()) -> str:
    """Markdown; with what another system made of the same faults in the same rows, where it was tried."""
    headings = (*HEADINGS, *(BESIDE if beside else ()))
    others = {each.fault: each for each in beside}
    return markdown([headings, *((*cells(each), *cells_beside(others.get(each.fault), beside)) for each in outcomes)])


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table as Markdown writes it; the first row has the headings."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def cells_beside(outcome: Outcome | None, beside: Sequence[Outcome]) -> tuple[str, ...]:
    """What the other system made of it."""
    if not beside:
        return ()
    if outcome is None:
        return ("—",) * len(BESIDE)
    counts = (outcome.accepted, outcome.lost, outcome.doubled, outcome.disordered)
    return (*(f"{count:,}" for count in counts), seconds(outcome.caught_up))


def cells(outcome: Outcome) -> tuple[str, ...]:
    """One row."""
    return (
        outcome.fault,
        f"{outcome.accepted:,}",
        f"{outcome.lost:,}",
        f"{outcome.doubled:,}",
        f"{outcome.disordered:,}",
        seconds(outcome.first_accepted),
        seconds(outcome.first_delivery),
        seconds(outcome.caught_up),
        promised(outcome),
        "late" if outcome.late else "",
        seconds(outcome.away),
        f"{sum(outcome.errors.values()):,}",
        f"{outcome.reloads:,}",
        f"{outcome.peace.p50:.0f} ms",
        f"{outcome.peace.p99:.0f} ms",
        f"{outcome.storm.p99:.0f} ms",
        f"{outcome.load_average:.1f}",
    )


def promised(outcome: Outcome) -> str:
    """Within how many seconds."""
    words = [
        f"{words} {limit:.0f} s"
        for words, limit in (("up", outcome.target), ("delay", outcome.delay), ("away", outcome.away_target))
        if limit
    ]
    return ", ".join(words or ["—"])


def seconds(value: float) -> str:
    """A time; a dash where it never came."""
    return f"{value:.2f} s" if value >= 0 else "never"
