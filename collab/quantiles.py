"""Times that were counted by bucket, as quantiles."""

from collections.abc import Sequence


def quantile(share: float, counts: Sequence[int], bounds: Sequence[float], longest: float) -> float | None:
    """The time that this share of all took at most; None where nothing was counted.

    Within a bucket times are taken to be spread evenly, as Prometheus' `histogram_quantile` does.

    Args:
        share: from 0 to 1.
        counts: how many fell into each bucket, and last how many took longer than any bound.
        bounds: of the buckets, upwards; in whatever unit.
        longest: no time is taken to be longer.
    """
    rank, before = share * sum(counts), 0
    for index, count in enumerate(counts):
        if count and before + count >= rank:
            lower = bounds[min(index, len(bounds)) - 1] if index else 0.0
            upper = bounds[index] if index < len(bounds) else max(longest, lower)
            return min(lower + (upper - lower) * (rank - before) / count, longest)
        before += count
    return None
