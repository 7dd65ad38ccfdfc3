import pytest

from bench.scenarios.burst import highest, next_rate


def search(limit: int, most: int = 5_000) -> list[tuple[int, bool]]:
    """All rates tried on a site that holds so many messages a second."""
    tried: list[tuple[int, bool]] = []
    while (rate := next_rate(tried, 500, most)) is not None:
        tried.append((rate, rate <= limit))
    return tried


def test_the_rate_rises_in_steps_then_the_interval_is_halved_twice() -> None:
    tried = search(1_300)

    assert [rate for rate, _ in tried] == [500, 1_000, 1_500, 1_500, 1_250, 1_375, 1_375]
    assert highest(tried) == 1_250


@pytest.mark.parametrize("limit", [100, 500, 1_499, 2_025, 4_999])
def test_what_is_found_is_at_most_a_quarter_of_a_step_below_what_is_held(limit: int) -> None:
    assert limit - 125 < highest(search(limit)) <= limit


def test_a_site_that_holds_every_rate_is_asked_for_no_more_than_the_most() -> None:
    assert search(10_000)[-1] == (5_000, True)


def test_a_site_that_holds_nothing_has_no_highest_rate() -> None:
    assert highest(search(0)) == 0


def test_one_busy_moment_is_no_limit() -> None:
    tried = [(500, True), (1_000, False)]

    assert next_rate(tried, 500, 5_000) == 1_000
    assert next_rate([*tried, (1_000, True)], 500, 5_000) == 1_500
