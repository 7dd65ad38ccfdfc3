"""What was measured, and what follows from it."""

from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import NamedTuple

import msgspec

from bench.peers.catalog import BARE, OURS, PEERS
from bench.peers.job import Result
from bench.peers.options import Options

HALLS, CROWD = "halls", "crowd"


class Sample(msgspec.Struct, frozen=True):
    """A server under one scenario, once.

    `interval` is nanoseconds from one message to the next; `used`, by part, seconds of CPU for the messages, the
    server's own under an empty name; `memory`, bytes of the server with one socket and with all of them, idle.
    """

    peer: str
    scenario: str
    sockets: int
    interval: int
    used: dict[str, float]
    memory: tuple[int, int]
    result: Result

    def a_delivery(self, part: str = "") -> float:
        """Microseconds of CPU, by delivery."""
        return self.used.get(part, 0.0) * 1e6 / max(1, self.result.delivered)

    @property
    def memory_a_socket(self) -> float:
        """KiB that each socket adds."""
        return (self.memory[1] - self.memory[0]) / 1024 / max(1, self.sockets - 1)


class Report(msgspec.Struct, frozen=True):
    """All rounds. `absent` and `failed`: by peer, why it is not in the tables."""

    asked: Options
    versions: dict[str, str]
    samples: list[Sample]
    absent: dict[str, str]
    failed: dict[str, str]
    load_average: tuple[float, float]
    cores: int

    def of(self, peer: str, scenario: str) -> list[Sample]:
        """A peer's samples, in the order of rounds."""
        return [each for each in self.samples if (each.peer, each.scenario) == (peer, scenario)]

    def peers(self, scenario: str) -> list[str]:
        """Who was measured."""
        return [name for name in PEERS if self.of(name, scenario)]

    @property
    def faults(self) -> list[str]:
        """Why the run is red: who could not be run, and what we lost."""
        failed = [f"{PEERS[name].title}: {why}" for name, why in self.failed.items()]
        return failed + [fault for each in self.samples if each.peer in OURS for fault in faults(each)]


class Middle(NamedTuple):
    """Of several rounds: the median, the least and the most."""

    median: float
    least: float
    most: float


class Ratio(NamedTuple):
    """What Collab bare costs by what a peer costs, round by round, and the most that was promised."""

    peer: str
    ratio: Middle
    target: float

    @property
    def is_met(self) -> bool:
        """The promise is kept."""
        return self.ratio.median <= self.target


def faults(sample: Sample) -> Iterator[str]:
    """What must not happen to anything of ours."""
    where = f"{PEERS[sample.peer].title}, {sample.scenario}"
    for count, what in (
        (sample.result.lost, "deliveries lost"),
        (sample.result.doubled, "deliveries doubled or misplaced"),
        (sample.result.ended, "sockets ended"),
    ):
        if count:
            yield f"{where}: {count:,} {what}"


def middle(samples: list[Sample], figure: Callable[[Sample], float]) -> Middle:
    """A figure over rounds; at least one."""
    values = [figure(each) for each in samples]
    return Middle(median(values), min(values), max(values))


def ratios(costs: Mapping[str, list[float]]) -> list[Ratio]:
    """What was promised of Collab bare, held against peers that were measured beside it.

    Args:
        costs: by peer, CPU a delivery in each round; a peer that failed in some has fewer.
    """
    ours = costs.get(BARE, [])
    return [
        Ratio(name, _by_round(ours, costs[name]), peer.target)
        for name, peer in PEERS.items()
        if peer.target and ours and costs.get(name)
    ]


def _by_round(ours: list[float], theirs: list[float]) -> Middle:
    """Rounds stand side by side: what slowed the machine slowed both."""
    each = [our / their for our, their in zip(ours, theirs, strict=False) if their]
    return Middle(median(each), min(each), max(each)) if each else Middle(float("inf"), float("inf"), float("inf"))
