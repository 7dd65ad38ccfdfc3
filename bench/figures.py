"""Figures of a heap of measured times."""

import math
from collections.abc import Iterable, Sequence

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
