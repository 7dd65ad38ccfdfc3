"""The rounds beside each other, and whether anybody paid for those who stopped reading."""

from collections.abc import Sequence
from statistics import median

import msgspec

from bench.slow.options import Options
from bench.slow.rounds import Round
from collab.live.direct import MAX_WAITING

HEADINGS = ("round", "before", "most", "rise", "held for one", "put out", "after", "delivered", "p50", "p95", "p99")


class Report(msgspec.Struct, frozen=True):
    """A run."""

    asked: Options
    rounds: list[Round]
    #: Bytes that may wait for one socket; the frame that goes beyond it comes on top.
    bound: int = MAX_WAITING

    def of(self, *, stopped: bool) -> list[Round]:
        """The rounds with, or without, stopped readers."""
        return [each for each in self.rounds if each.stopped is stopped]

    @property
    def frame(self) -> int:
        """Bytes of one message on the wire, generously: the text twice, plain and rendered, and what is around it."""
        return 2 * self.asked.size + 1_024

    @property
    def allowed(self) -> int:
        """Bytes by which the stopped readers may lift the node's memory."""
        return self.asked.readers * (self.bound + self.frame)

    @property
    def lifted(self) -> int:
        """Bytes by which they did, at the most: beyond what the same load takes without them."""
        usual = median(each.rise for each in self.of(stopped=False))
        return int(max(each.rise for each in self.of(stopped=True)) - usual)

    @property
    def noise(self) -> float:
        """Milliseconds by which the p99 differs from round to round while all read."""
        p99 = [each.to_screens.p99 for each in self.of(stopped=False)]
        return max(p99) - min(p99)

    @property
    def slower(self) -> float:
        """Milliseconds by which the neighbours' p99 is higher with stopped readers, in the middle of the rounds."""
        with_, without = (median(each.to_screens.p99 for each in self.of(stopped=stopped)) for stopped in (True, False))
        return with_ - without

    @property
    def faults(self) -> list[str]:
        """What was not as promised."""
        stopped = self.of(stopped=True)
        found = {
            "The stopped readers lifted the node's memory beyond their bound.": self.lifted > self.allowed,
            "More was held for one of them than its bound.": max(each.most_held for each in stopped)
            > self.bound + self.frame,
            "Their neighbours' p99 was higher by more than the noise.": self.slower > self.noise,
            "Not all who stopped were put out: the bound was not reached.": any(
                each.put_out < self.asked.readers for each in stopped
            ),
            "Something was not delivered to somebody who reads.": any(
                each.delivered < each.expected for each in self.rounds
            ),
        }
        return [words for words, is_so in found.items() if is_so]


def table(report: Report) -> str:
    """Markdown, and what follows from it."""
    rows = [HEADINGS, *(cells(number, each) for number, each in enumerate(report.rounds, 1))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([conditions(report.asked), "", lines[0], rule, *lines[1:], "", *verdict(report)])


def conditions(asked: Options) -> str:
    """What was run."""
    return (
        f"{asked.people} people and {asked.readers} more in one room of one node, {asked.rate} messages of "
        f"{asked.size:,} characters a second for {asked.seconds} s; in every second round those more read nothing."
    )


def cells(number: int, each: Round) -> tuple[str, ...]:
    """One row."""
    first, last = each.put_out_after
    return (
        f"{number}, {'stopped' if each.stopped else 'all read'}",
        mib(each.before),
        mib(each.most),
        mib(each.rise),
        mib(each.most_held),
        f"{each.put_out}",
        f"{first:.1f}–{last:.1f} s" if each.put_out else "—",
        f"{each.delivered:,} of {each.expected:,}",
        *(f"{value:.1f} ms" for value in (each.to_screens.p50, each.to_screens.p95, each.to_screens.p99)),
    )


def verdict(report: Report) -> Sequence[str]:
    """What follows from the figures."""
    with_, without = (median(each.to_screens.p99 for each in report.of(stopped=stopped)) for stopped in (True, False))
    return [
        f"Memory: lifted by {mib(report.lifted)} at the most beyond the same load with all reading; "
        f"{report.asked.readers} sockets may hold {mib(report.allowed)}.",
        f"Neighbours' p99: {with_:.1f} ms with, {without:.1f} ms without (medians); "
        f"noise without: {report.noise:.1f} ms.",
        "",
        *(report.faults or ["Nobody else paid."]),
    ]


def mib(size: int) -> str:
    """Bytes for people."""
    return f"{size / 2**20:.1f} MiB"
