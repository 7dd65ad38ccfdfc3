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
    "longest away",
    "p50 peace",
    "p99 peace",
    "p99 fault",
    "load",
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown."""
    rows = [HEADINGS, *map(cells, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def cells(outcome: Outcome) -> tuple[str, ...]:
    """One row."""
    return (
        outcome.fault if outcome.system == "collab" else f"{outcome.fault} ({outcome.system})",
        f"{outcome.accepted:,}",
        f"{outcome.lost:,}",
        f"{outcome.doubled:,}",
        f"{outcome.disordered:,}",
        seconds(outcome.first_accepted),
        seconds(outcome.first_delivery),
        seconds(outcome.caught_up),
        promised(outcome),
        seconds(outcome.away),
        f"{outcome.peace.p50:.0f} ms",
        f"{outcome.peace.p99:.0f} ms",
        f"{outcome.storm.p99:.0f} ms",
        f"{outcome.load_average:.1f}",
    )


def promised(outcome: Outcome) -> str:
    """Within how many seconds, and whether that was kept."""
    words = [
        f"{words} {limit:.0f} s"
        for words, limit in (("up", outcome.target), ("delay", outcome.delay), ("away", outcome.away_target))
        if limit
    ]
    return ", ".join(words or ["—"]) + (" LATE" if outcome.too_late else "")


def seconds(value: float) -> str:
    """A time; a dash where it never came."""
    return f"{value:.2f} s" if value >= 0 else "never"
