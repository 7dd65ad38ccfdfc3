import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab import quantiles
from collab.live.metrics import BUCKETS


def quantile(share: float, counts: list[int]) -> float | None:
    return quantiles.quantile(share, counts, BUCKETS, BUCKETS[-1])


def counted(times: list[float]) -> list[int]:
    """As a histogram counts them."""
    by_bucket = Counter(next((i for i, bound in enumerate(BUCKETS) if time <= bound), len(BUCKETS)) for time in times)
    return [by_bucket[index] for index in range(len(BUCKETS) + 1)]


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile(0.5, counted([])) is None


def test_within_a_bucket_times_count_as_spread_evenly() -> None:
    # Four between 5 and 7.5 ms: half of them within half of that.
    assert quantile(0.5, counted([0.006] * 4)) == pytest.approx(0.00625)


def test_what_took_longer_than_any_bound_counts_as_the_largest() -> None:
    assert quantile(0.99, counted([60.0] * 5)) == BUCKETS[-1]


@given(st.lists(st.floats(0.0001, 9.9), min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_the_true_quantile_is_in_the_same_bucket(times: list[float], share: float) -> None:
    true = sorted(times)[max(math.ceil(share * len(times)), 1) - 1]
    bucket = next(index for index, bound in enumerate(BUCKETS) if true <= bound)
    found = quantile(share, counted(times))
    assert found is not None
    assert (BUCKETS[bucket - 1] if bucket else 0.0) < found <= BUCKETS[bucket]
