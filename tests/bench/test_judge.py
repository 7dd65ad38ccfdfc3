"""Two loads, one room that has people in both: what they saw is judged together."""

import pytest

from bench.journal import Journal
from bench.judge import Measured, heads, judge
from bench.orders import Part
from bench.plan import SECOND, Saying, Seat

SEATS = [Seat(person, "", 7) for person in range(4)]
PLAN = [Saying(0, 0, 7, "one", ""), Saying(SECOND, 1, 7, "two", "")]
START = 100 * SECOND
MILLISECOND = 1_000_000


def journal() -> Journal:
    """Of a load in which the room stood at 5."""
    made = Journal({7: 4})
    made.begin([saying.client_id for saying in PLAN])
    made.heads = {7: 5}
    return made


def hear(journal: Journal, seats: list[int], *, seqs: tuple[int, ...] = (6, 7)) -> None:
    for seq in seqs:
        saying = PLAN[seq - 6]
        for seat in seats:
            journal.screens.add(seat, 7, seq, saying.client_id, START + saying.at + seat * MILLISECOND)


@pytest.fixture
def loads() -> list[Journal]:
    """Those of the even seats and of the odd ones, when all went well."""
    even, odd = journal(), journal()
    hear(even, [0, 2])
    hear(odd, [1, 3])
    even.accept(PLAN[0], 6, START + 2 * MILLISECOND)
    odd.accept(PLAN[1], 7, START + SECOND + 4 * MILLISECOND)
    for number, saying in enumerate(PLAN):
        even.log.add(0, 7, 6 + number, saying.client_id, 0)
    return [even, odd]


def measured(loads: list[Journal]) -> Measured:
    parts: list[Part] = [each.part() for each in loads]
    return Measured(SEATS, PLAN, START, parts, parts)


def test_all_that_was_seen_counts_together(loads: list[Journal]) -> None:
    result = judge(measured(loads))

    assert result.is_clean
    assert (result.sent, result.accepted, result.expected, result.delivered, result.log_read) == (2, 2, 8, 8, 2)
    assert (result.to_screens.count, result.to_screens.p50, result.to_screens.max) == (8, 1.0, 3.0)
    assert (result.to_answers.p50, result.to_answers.max) == (2.0, 4.0)


def test_what_one_load_did_not_hear_is_lost(loads: list[Journal]) -> None:
    loads[1].begin([saying.client_id for saying in PLAN])
    loads[1].heads = {7: 5}
    loads[1].accept(PLAN[1], 7, START + SECOND)
    hear(loads[1], [1])
    hear(loads[1], [3], seqs=(6,))

    result = judge(measured(loads))

    assert result.faults["lost"] == 1
    assert not result.is_clean


def test_what_comes_twice_or_to_the_wrong_screen_is_red(loads: list[Journal]) -> None:
    hear(loads[0], [2], seqs=(7,))
    assert judge(measured(loads)).faults["doubled"] == 1

    loads[0].screens.add(9, 7, 6, "one", START)
    assert judge(measured(loads)).faults["misplaced"] == 1


def test_what_is_acknowledged_and_not_in_the_log_is_red(loads: list[Journal]) -> None:
    loads[0].accepts[0].seq = 8

    assert judge(measured(loads)).faults["early"] == 1


def test_a_refusal_is_told_and_red(loads: list[Journal]) -> None:
    loads[0].accepts.clear()
    loads[0].refuse("one", "slow_down")

    result = judge(measured(loads))

    assert result.refused == ["slow_down"]
    assert not result.is_clean


def test_a_socket_that_ended_is_red(loads: list[Journal]) -> None:
    loads[0].ended.append("was closed with 1011")

    assert not judge(measured(loads)).is_clean


def test_a_room_stands_where_those_who_know_most_say() -> None:
    one, other = journal(), journal()
    other.heads = {7: 4, 8: 2}

    assert heads([one.part(), other.part()]) == {7: 5, 8: 2}
