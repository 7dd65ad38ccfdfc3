"""A measurement's figures, for people."""

from collections.abc import Iterator

import msgspec

from bench.figures import Spread
from bench.result import Result


class Report(msgspec.Struct, frozen=True):
    """Everything that was measured, and under which conditions."""

    sockets: int
    rooms_of: int
    rate: int
    asked_seconds: int
    result: Result
    #: Seconds of CPU by part, from the first message to the last delivery.
    cpu: dict[str, float]
    #: Seconds for which they were ready to run and had no core.
    waited: dict[str, float]
    #: Daphne's own bytes with one socket, with all of them, and after the load.
    memory: tuple[int, int, int]
    #: The machine's load average, before and after.
    load_average: tuple[float, float]
    cores: int
    pinned: bool
    own_site: bool

    @property
    def memory_a_socket(self) -> float:
        """Bytes that each socket adds to Daphne."""
        return (self.memory[1] - self.memory[0]) / max(1, self.sockets - 1)

    def a_delivery(self, *parts: str) -> float:
        """Microseconds of CPU that these parts used, by delivery."""
        return sum(self.cpu.get(part, 0.0) for part in parts) * 1e6 / max(1, self.result.delivered)


def table(report: Report) -> str:
    """The figures as they are shown on a terminal."""
    verdict = "All promises kept." if report.result.is_clean else "RED: something was promised and not kept."
    rows = "\n".join(f"{name:<20}{value}" for name, value in lines(report))
    return f"\n{conditions(report)}\n\n{rows}\n\n{verdict}"


def conditions(report: Report) -> str:
    """What was measured, and where."""
    where = "a site of its own" if report.own_site else "a running site"
    pinned = "Daphne on one, the load on another" if report.own_site else "the load on one"
    cores = pinned if report.pinned else "nothing kept on one"
    before, after = report.load_average
    return (
        f"{report.sockets:,} sockets in rooms of {report.rooms_of}, {report.rate:,} messages a second for "
        f"{report.asked_seconds} s, each committed, on {where}.\n"
        f"{report.cores} cores ({cores}); load average {before:.1f} before, {after:.1f} after."
    )


def lines(report: Report) -> Iterator[tuple[str, str]]:
    """Name and value of every figure."""
    result, faults = report.result, report.result.faults
    site = [part for part in report.cpu if part != "load generator"]
    yield "accepted", f"{result.accepted:,} of {result.sent:,} sent" + shortfall(result)
    yield "delivered", f"{result.delivered:,} of {result.expected:,}"
    yield from ((name, f"{count:,}") for name, count in faults.items())
    yield from (("", case) for case in result.cases)
    if result.ended:
        yield "sockets ended", f"{len(result.ended):,}: {', '.join(sorted(set(result.ended)))}"
    yield "log", f"{result.log_read:,} events read again, {result.rooms_not_read:,} rooms too long to be read"
    yield "to each screen", times(result.to_screens)
    yield "to the answer", times(result.to_answers)
    yield "said too late by", times(result.lateness) + "  (the generator's own, part of the above)"
    yield (
        "CPU a delivery",
        f"{report.a_delivery('Daphne'):.0f} µs Daphne, {report.a_delivery(*site):.0f} µs the whole site",
    )
    yield "CPU of one core", share_of(report, report.cpu)
    yield "waiting for a core", share_of(report, report.waited) + " of the time, while something else ran there"
    one, all_, end = (f"{size / 2**20:.0f}" for size in report.memory)
    yield (
        "memory a socket",
        f"{report.memory_a_socket / 1024:.0f} KiB (Daphne: {one} → {all_} MiB, {end} after the load)",
    )
    yield "signing on", f"{times(result.arrivals)}  (all within {result.arriving:.1f} s)"


def shortfall(result: Result) -> str:
    """What was not accepted, if anything."""
    if result.accepted == result.sent:
        return ""
    codes = ", ".join(sorted(set(result.refused)))
    return f"; {len(result.refused):,} refused ({codes or 'none'}), {result.unanswered:,} unanswered"


def times(spread: Spread) -> str:
    """A spread in one line."""
    return f"p50 {spread.p50:.1f}  p95 {spread.p95:.1f}  p99 {spread.p99:.1f}  max {spread.max:.1f} ms"


def share_of(report: Report, seconds: dict[str, float]) -> str:
    """By part, these seconds as a share of the time that was measured; the largest first."""
    measured = max(report.result.seconds, 0.001)
    largest = sorted(seconds.items(), key=lambda item: -item[1])
    return ", ".join(f"{part} {each / measured:.1%}" for part, each in largest)
