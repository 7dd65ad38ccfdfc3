import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.status import histogram

times = st.lists(st.floats(0, 60_000), max_size=200)


def counted(milliseconds: list[float]) -> list[int]:
    counts = histogram.empty()
    for each in milliseconds:
        counts[histogram.bucket(each)] += 1
    return counts


@given(times, times)
def test_two_added_up_are_one_of_all_times(one: list[float], other: list[float]) -> None:
    assert histogram.added(counted(one), counted(other)) == counted(one + other)


@given(times.filter(bool), st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one_and_below_the_longest(seen: list[float], share: float) -> None:
    found = histogram.quantile(counted(seen), share, max(seen))
    assert found is not None
    ordered = sorted(seen)
    rank = max(0, -(-share * len(ordered) // 1) - 1)
    index = histogram.bucket(ordered[int(rank)])
    lower = histogram.BOUNDS[index - 1] if index else 0
    assert round(min(lower, max(seen))) <= found <= round(max(seen))
    if index < len(histogram.BOUNDS):
        assert found <= histogram.BOUNDS[index]


def test_of_nothing_there_is_no_quantile() -> None:
    assert histogram.quantile(histogram.empty(), 0.5, 0) is None


def test_a_median_is_near_the_true_one() -> None:
    seen = [float(each) for each in range(20, 220, 2)]
    assert histogram.quantile(counted(seen), 0.5, 219) == pytest.approx(statistics.median(seen), rel=0.1)


def test_rows_of_a_version_with_fewer_buckets_are_added_all_the_same() -> None:
    assert histogram.added([1, 2], [1, 1, 1]) == [2, 3, 1]


def test_rows_of_a_version_with_more_buckets_can_be_read() -> None:
    assert histogram.quantile([0] * 40 + [7], 0.5, 15_000) == 12_500
    assert histogram.quantile([], 0.5, 0) is None
