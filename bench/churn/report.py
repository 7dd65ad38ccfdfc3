"""What came of a run: figures, and whether anything stayed behind."""

from collections.abc import Iterator, Sequence
from statistics import median

import msgspec

from bench.churn.meter import Sample
from bench.churn.options import Options

#: How much more memory the last tenth of the visits may show than the second: what is warm by then stays as it is.
MOST_GROWTH = 0.05
#: With fewer visits the node is still warming up at their end, and its memory says nothing.
ENOUGH = 10_000
#: What is kept on purpose, and is bounded: people by how many there are, positions by `MOST_REMEMBERED`.
KEPT = {"delivered.remembered", "allowances.remembered"}


class Report(msgspec.Struct, frozen=True):
    """A run. `start` and `end`: what the node held before the first visit and when it had settled after the last."""

    asked: Options
    seconds: float
    done: dict[str, int]
    otherwise: dict[str, int]
    samples: list[Sample]
    start: dict[str, int]
    end: dict[str, int]
    #: From the last visitor's leaving until nothing was left, or until waiting for that was given up.
    settled_after: float
    load_average: float

    @property
    def warm(self) -> int:
        """Bytes in the second tenth of the visits."""
        return self._middle(0.1, 0.2)

    @property
    def last(self) -> int:
        """Bytes in the last tenth."""
        return self._middle(0.9, 1.0)

    @property
    def growth(self) -> float:
        """From the one to the other, as a share."""
        return self.last / self.warm - 1 if self.warm else 0.0

    @property
    def is_judged(self) -> bool:
        """There were enough visits for the memory to say something."""
        return self.asked.count >= ENOUGH

    @property
    def left(self) -> dict[str, int]:
        """What there is more of than at the start."""
        return left(self.start, self.end)

    @property
    def is_clean(self) -> bool:
        """Nothing stayed behind, and everything went as it was meant."""
        return not self.left and not self.otherwise and (not self.is_judged or self.growth <= MOST_GROWTH)

    def _middle(self, since: float, until: float) -> int:
        count = self.asked.count
        inside = [each.uss for each in self.samples if since * count < each.connects <= until * count]
        return int(median(inside)) if inside else 0


def left(start: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    """By name, how much more there is now than there was at the start."""
    return {name: now[name] - start.get(name, 0) for name in now if name not in KEPT and now[name] > start.get(name, 0)}


def table(report: Report) -> str:
    """The figures as they are shown on a terminal."""
    verdict = "Nothing stayed behind." if report.is_clean else "RED: something stayed behind, or went otherwise."
    return "\n".join(f"{name:<18}{value}" for name, value in lines(report)) + f"\n\n{verdict}"


def lines(report: Report) -> Iterator[tuple[str, str]]:
    """Name and value of every figure."""
    asked = report.asked
    yield "connects", f"{asked.count:,} in {report.seconds:,.0f} s, {asked.count / max(report.seconds, 1):.0f} a second"
    yield "people", f"{asked.people:,} in rooms of {asked.rooms_of}; seed {asked.seed}"
    yield "went", ", ".join(f"{count:,} {kind}" for kind, count in report.done.items())
    yield from (("otherwise", f"{count:,} × {what}") for what, count in report.otherwise.items())
    yield "most sockets", f"{most(report.samples, 'server.connections'):,} at a time"
    yield "memory", memory(report)
    yield "left", ", ".join(f"{count:+,} {name}" for name, count in report.left.items()) or "nothing"
    yield "settled after", f"{report.settled_after:.0f} s"
    yield "load average", f"{report.load_average:.1f} at the end"


def memory(report: Report) -> str:
    """How it went, in one line."""
    if not report.is_judged:
        return f"{mib(report.samples[-1].uss)}; not judged with fewer than {ENOUGH:,} visits"
    return (
        f"{mib(report.warm)} in the second tenth, {mib(report.last)} in the last: {report.growth:+.1%} "
        f"(at most {MOST_GROWTH:+.0%})"
    )


def most(samples: Sequence[Sample], name: str) -> int:
    """The largest number of this name."""
    return max((each.gauges.get(name, 0) for each in samples), default=0)


def mib(size: int) -> str:
    """Bytes for people."""
    return f"{size / 2**20:.1f} MiB"
