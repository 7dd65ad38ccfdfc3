"""Delivery times as counts by bucket: they can be added up, and tell quantiles."""

from bisect import bisect_left
from collections.abc import Sequence

#: Upper bounds in milliseconds; the last bucket, beyond these, has none.
BOUNDS = (
    2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000, 3_000,
    5_000, 10_000,
)  # fmt: skip


def empty() -> list[int]:
    """No time at all."""
    return [0] * (len(BOUNDS) + 1)


def bucket(milliseconds: float) -> int:
    """Where a time is counted."""
    return bisect_left(BOUNDS, milliseconds)


def added(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Both together. Of rows that another version of the site wrote, with fewer buckets, the rest is empty."""
    size = max(len(one), len(other))
    return [sum(pair) for pair in zip(_padded(one, size), _padded(other, size), strict=True)]


def quantile(counts: Sequence[int], share: float, longest: float) -> int | None:
    """Milliseconds within which this share of all times lies; None where there is none.

    Between the bounds of its bucket a time is taken to lie where it would if all there were evenly spread; none is
    taken to be longer than the longest that was seen.
    """
    rank, before = share * sum(counts), 0
    for index, count in enumerate(counts):
        if count and before + count >= rank:
            lower = BOUNDS[min(index, len(BOUNDS)) - 1] if index else 0
            upper = BOUNDS[index] if index < len(BOUNDS) else max(longest, lower)
            return round(min(lower + (upper - lower) * (rank - before) / count, longest))
        before += count
    return None


def _padded(counts: Sequence[int], size: int) -> list[int]:
    return [*counts, *[0] * (size - len(counts))]
