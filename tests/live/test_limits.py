"""What one person may use."""

import pytest

from collab.live.limits import A_SECOND, BURST, COUNTS_AS_ONE, REFUSALS, SOCKETS, Allowances, TokenBucket, Verdict


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_bucket_gives_what_it_has_and_then_what_comes_back(time: Time) -> None:
    bucket = TokenBucket(3, 2, time)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    time.now += 1
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert not bucket.is_full
    time.now += 2
    assert bucket.is_full


def test_too_much_is_refused_and_far_too_much_closes(time: Time) -> None:
    allowance = Allowances(time).of(1)
    verdicts = [allowance.take(0) for _ in range(BURST + REFUSALS + 1)]
    assert verdicts == [Verdict.GO_ON] * BURST + [Verdict.REFUSE] * REFUSALS + [Verdict.CLOSE]
    time.now += 1
    assert [allowance.take(0) for _ in range(A_SECOND + 1)][-2:] == [Verdict.GO_ON, Verdict.REFUSE]


def test_a_long_command_counts_for_several(time: Time) -> None:
    allowance = Allowances(time).of(1)
    verdicts = [allowance.take(9 * COUNTS_AS_ONE) for _ in range(BURST // 10 + 1)]
    assert verdicts == [Verdict.GO_ON] * (BURST // 10) + [Verdict.REFUSE]


def test_coming_back_anew_wins_nothing(time: Time) -> None:
    allowances = Allowances(time)
    assert allowances.open_socket(1)
    for _ in range(BURST):
        allowances.of(1).take(0)
    allowances.close_socket(1)
    time.now += 0.01
    allowances.open_socket(2)
    assert allowances.of(1).take(0) is Verdict.REFUSE


def test_whoever_has_used_nothing_for_long_is_forgotten(time: Time) -> None:
    allowances = Allowances(time)
    for person in (1, 2):
        allowances.open_socket(person)
    allowances.close_socket(1)
    for _ in range(BURST):
        allowances.of(3).take(0)
    time.now += 1_000
    allowances.of(4)
    assert set(allowances._people) == {2, 4}


def test_a_person_has_so_many_sockets_and_no_more(time: Time) -> None:
    allowances = Allowances(time)
    assert all(allowances.open_socket(1) for _ in range(SOCKETS))
    assert not allowances.open_socket(1)
    assert allowances.open_socket(2)
    allowances.close_socket(1)
    assert allowances.open_socket(1)
