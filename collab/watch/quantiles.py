"""Times that were counted by bucket, as quantiles."""

import math
from collections.abc import Sequence
from itertools import accumulate

from collab.live.metrics import BUCKETS


def quantile(share: float, counts: Sequence[int]) -> float | None:
    """The time, in seconds, that this share of all took at most; None where nothing was counted.

    Within a bucket times count as spread evenly, as Prometheus' `histogram_quantile` does; of those above the largest
    bound only that bound is known.

    Args:
        share: from 0 to 1.
        counts: how many fell into each of `BUCKETS`, and last how many took longer.
    """
    total = sum(counts)
    if not total:
        return None
    wanted = max(math.ceil(share * total), 1)
    for index, so_far in enumerate(accumulate(counts)):
        if so_far >= wanted and index < len(BUCKETS):
            below = BUCKETS[index - 1] if index else 0.0
            return below + (BUCKETS[index] - below) * (wanted - so_far + counts[index]) / counts[index]
    return BUCKETS[-1]
