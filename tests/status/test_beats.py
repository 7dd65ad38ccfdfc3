from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.status import beats as module
from collab.status.beats import Beats
from collab.status.rules import IN_TIME, LOST_AFTER
from collab.status.tally import Tally

MINUTE = datetime(2026, 11, 29, 14, 3, tzinfo=UTC)


@pytest.fixture
def beats() -> Beats:
    return Beats()


@pytest.fixture
def beat(beats: Beats) -> UUID:
    """One that was posted at 100 s."""
    beat = uuid4()
    beats.begin(beat, MINUTE, 100.0)
    return beat


def tally(beats: Beats) -> Tally:
    return beats.tallies.get(MINUTE, Tally())


def test_one_that_is_accepted_and_delivered_is_available_and_its_time_is_known(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 100.004)
    beats.receive(beat, 100.009)
    beats.judge(1_000.0, 0.0)
    assert (tally(beats).accepted, tally(beats).delivered, tally(beats).unavailable, tally(beats).lost) == (1, 1, 0, 0)
    assert tally(beats).longest == 9
    assert beats.oldest is None


def test_the_delivery_may_come_before_the_acknowledgement(beats: Beats, beat: UUID) -> None:
    beats.receive(beat, 100.003)
    beats.accept(beat, 100.009)
    assert (tally(beats).accepted, tally(beats).delivered, tally(beats).longest) == (1, 1, 3)


def test_one_that_is_refused_is_unavailable_once(beats: Beats, beat: UUID) -> None:
    beats.refuse(beat)
    beats.refuse(beat)
    beats.judge(1_000.0, 0.0)
    assert (tally(beats).beats, tally(beats).unavailable, tally(beats).lost) == (1, 1, 0)


def test_one_that_is_refused_for_now_is_due_again_once_and_available_if_it_is_accepted_then(
    beats: Beats, beat: UUID
) -> None:
    beats.postpone(beat, 102.0)
    assert beats.due_again(101.9) == []
    assert beats.due_again(102.0) == [beat]
    assert beats.due_again(102.1) == []
    beats.accept(beat, 102.2)
    beats.receive(beat, 102.3)
    assert (tally(beats).beats, tally(beats).accepted, tally(beats).unavailable) == (1, 1, 0)


def test_one_that_is_refused_for_now_until_it_is_too_late_is_unavailable_and_not_due_again(
    beats: Beats, beat: UUID
) -> None:
    beats.postpone(beat, 101.0 + IN_TIME)
    beats.judge(100.1 + IN_TIME, 0.0)
    assert beats.due_again(101.0 + IN_TIME) == []
    assert (tally(beats).beats, tally(beats).unavailable, tally(beats).lost) == (1, 1, 0)


def test_one_that_was_accepted_meanwhile_is_not_due_again(beats: Beats, beat: UUID) -> None:
    beats.postpone(beat, 102.0)
    beats.accept(beat, 101.0)
    assert beats.due_again(102.0) == []


def test_one_that_gets_no_answer_in_time_is_unavailable_and_not_lost(beats: Beats, beat: UUID) -> None:
    beats.judge(100 + IN_TIME, 0.0)
    assert tally(beats).unavailable == 0
    beats.judge(100.1 + IN_TIME, 0.0)
    assert tally(beats).unavailable == 1
    beats.judge(1_000.0, 0.0)
    assert (tally(beats).unavailable, tally(beats).lost) == (1, 0)
    assert beats.oldest is None


def test_it_counts_from_when_it_is_known_how_it_went(beats: Beats, beat: UUID) -> None:
    # Where the site is away, three of these would make a minute that works.
    assert beats.tallies == {}
    assert beats.unanswered == [beat]
    assert beats.oldest == MINUTE
    beats.accept(beat, 100.004)
    assert beats.tallies == {}
    assert beats.unanswered == []
    beats.judge(100.1 + IN_TIME, 0.0)
    assert (tally(beats).beats, tally(beats).accepted, tally(beats).unavailable) == (1, 1, 1)


def test_what_is_too_late_is_not_said_again(beats: Beats, beat: UUID) -> None:
    beats.judge(100.1 + IN_TIME, 0.0)
    assert beats.unanswered == []


def test_one_that_comes_late_is_unavailable_and_delivered(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 101)
    beats.judge(100.1 + IN_TIME, 0.0)
    beats.receive(beat, 130)
    assert (tally(beats).unavailable, tally(beats).delivered, tally(beats).lost) == (1, 1, 0)
    assert tally(beats).longest == 30_000


def test_one_that_comes_late_before_anybody_looked_is_unavailable_too(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 101)
    beats.receive(beat, 130)
    assert (tally(beats).unavailable, tally(beats).delivered) == (1, 1)


def test_one_that_was_accepted_and_never_comes_is_lost(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 101)
    beats.judge(101 + LOST_AFTER, 0.0)
    assert tally(beats).lost == 0
    beats.judge(101.1 + LOST_AFTER, 0.0)
    beats.judge(1_000.0, 0.0)
    assert (tally(beats).lost, tally(beats).unavailable) == (1, 1)


def test_nothing_is_lost_while_nobody_listens(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 101)
    beats.judge(300.0, None)
    beats.judge(301.0, 290.0)
    assert (tally(beats).lost, tally(beats).unavailable) == (0, 1)
    beats.judge(290.1 + LOST_AFTER, 290.0)
    assert tally(beats).lost == 1


def test_whose_listener_never_comes_back_is_given_up(beats: Beats, beat: UUID) -> None:
    beats.accept(beat, 101)
    beats.judge(100.1 + module.GIVEN_UP, None)
    assert tally(beats).lost == 0
    assert beats.oldest is None


def test_what_was_under_way_while_the_canary_itself_stood_still_counts_neither_way(beats: Beats, beat: UUID) -> None:
    later = MINUTE.replace(minute=4)
    accepted, late = uuid4(), uuid4()
    beats.begin(late, later, 80.0)
    beats.judge(100.0, 0.0)
    beats.begin(accepted, later, 100.0)
    beats.accept(accepted, 100.1)
    beats.void()
    beats.judge(1_000.0, 0.0)
    # No answer of `late` was expected any more when it happened.
    assert beats.tallies == {later: Tally(beats=1, unavailable=1)}


def carry_out(beats: Beats, what: str, beat: UUID, now: float) -> None:
    match what:
        case "judge":
            beats.judge(now, 0.0)
        case "void":
            beats.void()
        case "begin":
            beats.begin(beat, MINUTE, now)
        case "refuse":
            beats.refuse(beat)
        case _:
            getattr(beats, what)(beat, now)


def assert_that_they_fit(each: Tally) -> None:
    assert 0 <= each.accepted <= each.beats
    assert 0 <= each.unavailable <= each.beats
    assert each.lost + each.delivered <= each.accepted
    assert sum(each.histogram) == each.delivered


NEWS = ["accept", "receive", "refuse", "judge", "void"]
steps = st.lists(st.tuples(st.sampled_from(["begin", *NEWS]), st.integers(0, 5)), max_size=60)


@given(steps)
def test_whatever_happens_the_sums_fit_together(steps: list[tuple[str, int]]) -> None:
    beats, ids, now, begun = Beats(), [uuid4() for _ in range(6)], 0.0, set[int]()
    for what, number in steps:
        now += 7.0
        if what != "begin" or number not in begun:
            carry_out(beats, what, ids[number], now)
        begun |= {number} if what == "begin" else set()
        for each in beats.tallies.values():
            assert_that_they_fit(each)
    beats.judge(now + 10_000, 0.0)
    assert beats.oldest is None
    for each in beats.tallies.values():
        # What is not unavailable was delivered; what was accepted was delivered or lost, unless it was forgotten.
        assert each.beats - each.unavailable <= each.delivered
        assert each.delivered + each.lost == each.accepted or ("void" in dict(steps))
