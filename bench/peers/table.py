"""The figures as tables, in Markdown: they go from a terminal into docs/performance.md as they are."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from bench.peers.catalog import PEERS, WHOLE
from bench.peers.job import SECOND
from bench.peers.report import CROWD, HALLS, Middle, Ratio, Report, Sample, middle, ratios

NOT_MEASURED = "-"
#: Seconds that a scenario must last for its CPU to say anything: the system counts it in hundredths of a second.
ENOUGH = 5
TOO_SHORT = "Too short for costs to be compared."

#: By heading, what shows the figure of a peer.
Columns = dict[str, Callable[[list[Sample]], str]]


def text(report: Report) -> str:
    """Everything that is told at the end."""
    parts = [
        conditions(report),
        f"Halls: rooms of {report.asked.rooms_of}.\n\n{table(report, HALLS)}",
        f"Crowd: all in one room.\n\n{table(report, CROWD)}",
        beside(report),
        promises(ratios(costs(report))) if report.asked.seconds >= ENOUGH else TOO_SHORT,
        "\n".join(f"Left out: {PEERS[name].title}: {why}" for name, why in report.absent.items()),
        "\n".join(f"RED: {fault}" for fault in report.faults) or "Nothing of Collab's was lost.",
    ]
    return "\n\n".join(part for part in parts if part)


def conditions(report: Report) -> str:
    """What was measured, and where."""
    before, after = report.load_average
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return (
        f"{report.asked.seconds} s each, {report.asked.rounds} rounds, interleaved; "
        f"medians, in brackets least and most.\n"
        f"{report.cores} cores (the server on one, the load and Valkey on another); "
        f"load average {before:.1f} before, {after:.1f} after.\n{versions}"
    )


def table(report: Report, scenario: str) -> str:
    """A scenario: a line a peer."""
    columns = COLUMNS | ONLY[scenario]
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    for name in report.peers(scenario):
        samples = report.of(name, scenario)
        rows.append([PEERS[name].title, *(show(samples) for show in columns.values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def beside(report: Report) -> str:
    """What the rest of the whole site used."""
    samples = report.of(WHOLE, HALLS)
    if not samples:
        return ""
    costs = {part: median(each.a_delivery(part) for each in samples) for part in samples[0].used if part}
    told = ", ".join(f"{part} {cost:.1f}" for part, cost in costs.items())
    return f"Beside the node of the whole site, µs of CPU a delivery in halls: {told}."


def promises(found: Sequence[Ratio]) -> str:
    """What was promised of the cost of bare fan-out, and what came of it."""
    rows = [["bare fan-out, CPU a delivery in halls", "ratio", "target", ""], ["---"] * 4]
    rows += [
        [f"by {PEERS[each.peer].title}", spread(each.ratio, 2), f"≤ {each.target:g}", verdict(each)] for each in found
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) if found else ""


def costs(report: Report) -> dict[str, list[float]]:
    """By peer, CPU a delivery in the halls of each round."""
    return {name: [each.a_delivery() for each in report.of(name, HALLS)] for name in report.peers(HALLS)}


def verdict(ratio: Ratio) -> str:
    """Whether the target is met."""
    return "met" if ratio.is_met else "not met"


# --- cells -------------------------------------------------------------------------------------------


def spread(value: Middle, digits: int = 1) -> str:
    """A median, with the least and the most in brackets where there is more than one."""
    if value.least == value.most:
        return f"{value.median:.{digits}f}"
    return f"{value.median:.{digits}f} ({value.least:.{digits}f}–{value.most:.{digits}f})"


def rate(sample: Sample) -> str:
    """Messages a second."""
    return f"{SECOND / sample.interval:.3g}"


def delivered(samples: list[Sample]) -> str:
    """Of all rounds together."""
    came, expected = (sum(getattr(each.result, field) for each in samples) for field in ("delivered", "expected"))
    return "all" if came == expected else f"{came / expected:.1%}"


def times(samples: list[Sample]) -> str:
    """From when a message was to be sent to each receiver; the maximum is that of all rounds."""
    all_times = [each.result.to_receivers for each in samples]
    p50, p95, p99 = (median(getattr(each, name) for each in all_times) for name in ("p50", "p95", "p99"))
    most = max(each.max for each in all_times)
    return f"{p50:.1f}, {p95:.1f}, {p99:.1f}, {most:.0f}"


def to_last(samples: list[Sample]) -> str:
    """Of messages that came to everyone; the maximum is that of all rounds."""
    if not all(each.result.to_last.count for each in samples):
        return NOT_MEASURED
    p50 = middle(samples, lambda each: each.result.to_last.p50).median
    return f"{p50:.1f}, {max(each.result.to_last.max for each in samples):.0f}"


COLUMNS: Columns = {
    "sockets, messages/s": lambda samples: f"{samples[0].sockets:,}, {rate(samples[0])}",
    "CPU a delivery, µs": lambda samples: spread(middle(samples, Sample.a_delivery)),
    "Valkey's, µs": lambda samples: f"{middle(samples, lambda each: each.a_delivery('Valkey')).median:.1f}",
    "delivered": delivered,
    "p50, p95, p99, max (ms)": times,
}
ONLY: Mapping[str, Columns] = {
    # Measured once a server: sockets that come after others find memory that those left.
    HALLS: {"idle socket, KiB": lambda samples: spread(middle(samples, lambda each: each.memory_a_socket))},
    CROWD: {"to the last: p50, max (ms)": to_last},
}
