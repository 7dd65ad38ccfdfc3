"""Figures of a heap of measured times."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """How measured times are spread, in milliseconds. All zero where nothing was measured."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` in a hundred do not exceed (nearest rank; nothing is interpolated).

    Args:
        ordered: at least one value, in rising order.
        percent: above 0, at most 100.
    """
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def spread(nanoseconds: Iterable[int]) -> Spread:
    """The spread of times measured in nanoseconds."""
    ordered = sorted(each / 1e6 for each in nanoseconds)
    if not ordered:
        return Spread(0, 0.0, 0.0, 0.0, 0.0)
    p50, p95, p99 = (percentile(ordered, percent) for percent in (50, 95, 99))
    return Spread(len(ordered), p50, p95, p99, ordered[-1])


class Second(msgspec.Struct, frozen=True, array_like=True):
    """Of the messages that were to be said within one second: the times they took, in milliseconds."""

    second: int
    p50: float
    p99: float
    max: float


def over_time(times: Iterable[tuple[int, int]]) -> list[Second]:
    """Second by second.

    Args:
        times: nanoseconds from the start, and nanoseconds that it took.
    """
    seconds: dict[int, list[float]] = defaultdict(list)
    for at, took in times:
        seconds[at // 1_000_000_000].append(took / 1e6)
    return [_second(number, sorted(values)) for number, values in sorted(seconds.items())]


def _second(number: int, ordered: Sequence[float]) -> Second:
    return Second(number, percentile(ordered, 50), percentile(ordered, 99), ordered[-1])


def distribution(nanoseconds: Iterable[int], points: int = 200) -> list[tuple[float, float]]:
    """The shares (0 to 1, exclusive of 0) of the times that are no longer than so many milliseconds: the CDF.

    The upper end, where it matters, is drawn as finely as the rest: half of the points stand above 0.99.
    """
    ordered = sorted(each / 1e6 for each in nanoseconds)
    if not ordered:
        return []
    half = points // 2
    shares = [share / half for share in range(1, half)] + [0.99 + 0.01 * share / half for share in range(1, half + 1)]
    return [(percentile(ordered, 100 * share), share) for share in sorted(set(shares))]


def longest_gap(moments: Iterable[int]) -> float:
    """Milliseconds of the longest time in which nothing came, between the first and the last (in nanoseconds)."""
    return max((after - before for before, after in pairwise(sorted(moments))), default=0) / 1e6


def plain(value: float) -> str:
    """A figure as people write it: some four digits, and no power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
