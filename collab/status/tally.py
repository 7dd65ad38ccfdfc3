"""What became of the beats of a minute, an hour, a month: sums, and what they say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce

from . import histogram, rules


class State(IntEnum):
    """How a stretch of time was, the worst last; UNMEASURED is none of them."""

    UNMEASURED = 0
    WORKS = 1
    SLOW = 2
    UNSTEADY = 3
    DOWN = 4

    @property
    def word(self) -> str:
        """As programs and style sheets know it."""
        return self.name.lower()


@dataclass(slots=True)
class Tally:
    """Beats and their fates. A beat is one message that the canary was due to post.

    `accepted` ones were acknowledged, `delivered` ones came to the other person; `unavailable` are all that were not
    both within `rules.IN_TIME`; `lost` were accepted and never came. Times are in milliseconds, from post to delivery.
    """

    beats: int = 0
    accepted: int = 0
    delivered: int = 0
    lost: int = 0
    unavailable: int = 0
    histogram: list[int] = field(default_factory=histogram.empty)
    longest: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            beats=self.beats + other.beats,
            accepted=self.accepted + other.accepted,
            delivered=self.delivered + other.delivered,
            lost=self.lost + other.lost,
            unavailable=self.unavailable + other.unavailable,
            histogram=histogram.added(self.histogram, other.histogram),
            longest=max(self.longest, other.longest),
        )

    def time(self, milliseconds: float) -> None:
        """Count a delivery that took so long."""
        self.delivered += 1
        self.histogram[histogram.bucket(milliseconds)] += 1
        self.longest = max(self.longest, round(milliseconds))

    @property
    def availability(self) -> float | None:
        """Share of the beats that were accepted and delivered in time; None where there was none."""
        return max(0, self.beats - self.unavailable) / self.beats if self.beats else None

    @property
    def median(self) -> int | None:
        """Milliseconds that half of the deliveries took at most."""
        return histogram.quantile(self.histogram, 0.5, self.longest)

    @property
    def p99(self) -> int | None:
        """Milliseconds that 99 of 100 deliveries took at most."""
        return histogram.quantile(self.histogram, 0.99, self.longest)

    @property
    def state(self) -> State:
        """What these beats say of their time."""
        if not self.beats:
            return State.UNMEASURED
        if self.unavailable >= rules.MOSTLY * self.beats:
            return State.DOWN
        if self.unavailable or self.lost:
            return State.UNSTEADY
        return State.SLOW if (self.median or 0) > rules.SLOW else State.WORKS


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return reduce(Tally.__add__, tallies, Tally())
