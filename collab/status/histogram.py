"""Delivery times as counts by bucket: they can be added up, and tell quantiles."""

from bisect import bisect_left
from collections.abc import Sequence

from collab import quantiles

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
    """Milliseconds within which this share of all times lies, none of them over `longest`; None: there is none."""
    found = quantiles.quantile(share, counts, BOUNDS, longest)
    return round(found) if found is not None else None


def _padded(counts: Sequence[int], size: int) -> list[int]:
    return [*counts, *[0] * (size - len(counts))]
