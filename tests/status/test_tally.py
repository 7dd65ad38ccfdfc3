import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.status.tally import State, Tally, total


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    tally = Tally(beats=draw(st.integers(0, 60)))
    tally.accepted = draw(st.integers(0, tally.beats))
    tally.unavailable = draw(st.integers(0, tally.beats))
    tally.lost = draw(st.integers(0, tally.accepted))
    for took in draw(st.lists(st.floats(0, 20_000), max_size=tally.accepted - tally.lost)):
        tally.time(took)
    return tally


@given(st.lists(tallies(), max_size=8), st.integers(0, 8))
def test_it_is_the_same_however_it_is_added_up(each: list[Tally], cut: int) -> None:
    assert total(each[:cut]) + total(each[cut:]) == total(each)
    assert total(reversed(each)) == total(each)


@given(tallies())
def test_availability_is_a_share_and_is_one_only_where_nothing_failed(tally: Tally) -> None:
    if tally.availability is None:
        assert tally.beats == 0
    else:
        assert 0 <= tally.availability <= 1
        assert (tally.availability == 1) == (tally.unavailable == 0)


@pytest.mark.parametrize(
    ("tally", "state"),
    [
        (Tally(), State.UNMEASURED),
        (Tally(beats=12), State.WORKS),
        (Tally(beats=12, unavailable=1), State.UNSTEADY),
        (Tally(beats=12, lost=1), State.UNSTEADY),
        (Tally(beats=12, unavailable=6), State.DOWN),
        (Tally(beats=1, unavailable=1), State.DOWN),
    ],
)
def test_the_state_of_a_minute(tally: Tally, state: State) -> None:
    assert tally.state == state


def test_a_minute_is_slow_by_its_median_and_not_by_one_hiccup() -> None:
    slow, hiccup = Tally(beats=3), Tally(beats=3)
    for took in (1_500, 1_600, 10):
        slow.time(took)
    for took in (5_000, 12, 10):
        hiccup.time(took)
    assert (slow.state, hiccup.state) == (State.SLOW, State.WORKS)
