import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import Second, Spread, distribution, longest_gap, over_time, percentile, plain, spread


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100), (0.5, 1)])
def test_a_percentile_of_one_to_a_hundred_is_the_number_itself(percent: float, expected: int) -> None:
    assert percentile(range(1, 101), percent) == expected


def test_the_percentiles_of_one_value_are_that_value() -> None:
    assert spread([2_500_000]) == Spread(1, 2.5, 2.5, 2.5, 2.5)


def test_one_slow_delivery_in_a_thousand_shows_in_the_maximum_alone() -> None:
    figures = spread([1_000_000] * 999 + [900_000_000])

    assert (figures.p50, figures.p99, figures.max) == (1.0, 1.0, 900.0)


def test_two_slow_deliveries_in_a_hundred_show_in_p99() -> None:
    assert spread([1_000_000] * 98 + [900_000_000] * 2).p99 == 900.0


def test_the_order_of_arrival_does_not_matter() -> None:
    assert spread([3_000_000, 1_000_000, 2_000_000]) == Spread(3, 2.0, 3.0, 3.0, 3.0)


def test_nothing_measured_is_all_zero() -> None:
    assert spread([]) == Spread(0, 0.0, 0.0, 0.0, 0.0)


@given(st.lists(st.integers(0, 10**12), min_size=1), st.floats(0.01, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[int], percent: float) -> None:
    ordered = sorted(values)

    found = percentile(ordered, percent)

    assert found in ordered
    assert sum(value <= found for value in ordered) >= len(ordered) * percent / 100 - 1e-6


def test_times_are_gathered_by_the_second_in_which_a_message_was_to_be_said() -> None:
    second = 1_000_000_000
    times = [(0, 1_000_000), (second - 1, 3_000_000), (2 * second, 7_000_000)]

    assert over_time(times) == [Second(0, 1.0, 3.0, 3.0), Second(2, 7.0, 7.0, 7.0)]


def test_a_distribution_says_how_many_took_no_longer() -> None:
    shares = distribution(number * 1_000_000 for number in range(1, 1001))

    assert [took for took, share in shares if share == 0.5] == [500.0]
    assert shares[-1] == (1000.0, 1.0)
    assert shares == sorted(shares)
    assert sum(share >= 0.99 for _, share in shares) >= len(shares) // 2


def test_nothing_measured_has_no_distribution() -> None:
    assert distribution([]) == []


def test_the_longest_gap_is_found_whatever_the_order() -> None:
    assert longest_gap([9_000_000, 1_000_000, 2_000_000]) == 7.0
    assert longest_gap([5]) == 0.0


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0"), (0.98765, "0.9877"), (23.9, "23.9"), (999.94, "999.9"), (100_000, "100,000")]
)
def test_figures_are_written_without_powers_of_ten(value: float, written: str) -> None:
    assert plain(value) == written
