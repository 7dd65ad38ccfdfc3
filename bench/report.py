"""The figures of scenarios, for people."""

from collections.abc import Iterator, Sequence

from bench.figures import Spread, plain
from bench.outcome import Condition, Outcome, Run
from bench.result import Result

WIDTH = 22
SITE = ("Daphne", "PostgreSQL", "Valkey")


def page(outcome: Outcome) -> str:
    """Everything a scenario has shown, as it stands on a terminal."""
    parts = [f"\n{outcome.scenario}: {conditions(outcome.condition)}"]
    for run in outcome.runs:
        title = f"{run.name}:\n" if len(outcome.runs) > 1 else ""
        parts.append(title + "\n".join(f"{name:<{WIDTH}}{value}" for name, value in lines(run)))
    parts.append("\n".join(f"{name}: {plain(value)}" for name, value in outcome.figures.items()))
    parts += [f"RED: {failure}." for failure in outcome.failures]
    parts.append("All promises kept." if outcome.is_clean else "RED: something was promised and not kept.")
    return "\n\n".join(part for part in parts if part)


def conditions(asked: Condition) -> str:
    """What is measured."""
    each = f", {asked.rooms_each} rooms each" if asked.rooms_each > 1 else ""
    nodes = "" if asked.nodes == (1,) else f", on {', '.join(map(str, asked.nodes))} Daphne processes"
    talk = f"{asked.rate:,} messages a second" if asked.rate else "nobody talks"
    most = "up to " if asked.step else ""
    return f"{asked.sockets:,} sockets, rooms of {asked.rooms_of:,}{each}, {most}{talk}, {asked.seconds} s{nodes}"


def lines(run: Run) -> Iterator[tuple[str, str]]:
    """Name and value of every figure of a run."""
    result = run.result
    if result.sent:
        yield from _talk(run)
    yield from ((name, f"{count:,}") for name, count in result.faults.items() if count)
    yield from (("", case) for case in result.cases)
    if result.ended:
        yield "sockets ended", f"{len(result.ended):,}: {', '.join(sorted(set(result.ended)))}"
    yield "CPU of one core", shares(run, run.usage.cpu)
    yield "waiting for a core", shares(run, run.usage.waited) + " of the time, while something else ran there"
    before, after = run.usage.load_average
    yield "load average", f"{before:.1f} before, {after:.1f} after"
    yield "memory of Daphne", f"{run.memory / 2**20:,.0f} MiB at the end"
    if result.arrivals.count:
        yield "signing on", times(result.arrivals)


def _talk(run: Run) -> Iterator[tuple[str, str]]:
    result = run.result
    yield "accepted", f"{result.accepted:,} of {result.sent:,} sent" + shortfall(result)
    yield "delivered", f"{result.delivered:,} of {result.expected:,}"
    yield "log", f"{result.log_read:,} events read again, {result.rooms_not_read:,} rooms too long to be read"
    yield "to each screen", times(result.to_screens)
    yield "to the answer", times(result.to_answers)
    yield "said too late by", times(result.lateness) + "  (the generator's own, part of the above)"
    yield "CPU a delivery", f"{run.a_delivery('Daphne'):.1f} µs Daphne, {run.a_delivery():.1f} µs the whole site"
    cost = ", ".join(f"{run.a_message(part):,.0f} µs {part}" for part in SITE)
    yield "CPU a message", f"{cost}, {run.a_message():,.0f} µs the whole site"


def shortfall(result: Result) -> str:
    """What was not accepted, if anything."""
    if result.accepted == result.sent:
        return ""
    codes = ", ".join(sorted(set(result.refused)))
    return f"; {len(result.refused):,} refused ({codes or 'none'}), {result.unanswered:,} unanswered"


def times(spread: Spread) -> str:
    """A spread in one line."""
    return f"p50 {spread.p50:.1f}  p95 {spread.p95:.1f}  p99 {spread.p99:.1f}  max {spread.max:.1f} ms"


def shares(run: Run, seconds: dict[str, float]) -> str:
    """By part, these seconds as a share of the time that was measured; the largest first."""
    measured = max(run.usage.seconds, 0.001)
    largest = sorted(seconds.items(), key=lambda item: -item[1])
    return ", ".join(f"{part} {each / measured:.1%}" for part, each in largest)


def table(outcomes: Sequence[Outcome]) -> str:
    """What each scenario was held to, and what was seen; the last thing that is told."""
    rows = [("scenario", "what", "target", "seen", "")]
    for outcome in outcomes:
        kept = "" if outcome.is_clean else "RED"
        rows.append((outcome.scenario, conditions(outcome.condition), "", "", kept))
        rows += [
            ("", each.what, each.wanted, each.seen, "met" if each.is_met else "not met") for each in outcome.targets
        ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
