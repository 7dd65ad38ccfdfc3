from array import array

from bench.judge import Measured
from bench.orders import Absence, Part
from bench.plan import SECOND, Saying, Seat
from bench.record import Columns
from bench.scenarios.storm import seconds_away, to_those_back

SEATS = [Seat(1, "", 7), Seat(2, "", 7)]
#: Both are cut off at second 1; the one is back at second 2, the other at second 4.
ABSENCES = [Absence(0, 1 * SECOND, 2 * SECOND), Absence(1, 1 * SECOND + 5, 4 * SECOND)]


def heard(said: list[tuple[int, int]], came: list[tuple[int, int, int]]) -> Measured:
    """Messages (second, seat of the sender), and deliveries (message, seat, second)."""
    plan = [Saying(at * SECOND, seat, 7, str(number), "") for number, (at, seat) in enumerate(said)]
    columns = [
        [seat for _, seat, _ in came],
        [7 for _ in came],
        [message + 1 for message, _, _ in came],
        [message for message, _, _ in came],
        [at * SECOND for _, _, at in came],
    ]
    screens = Columns([array("q", column).tobytes() for column in columns], [])
    part = Part(screens, Columns([b""] * 5, []), [], {}, {}, [], [], [], list(ABSENCES), [])
    return Measured(SEATS, plan, 0, [part], [])


def test_all_are_back_when_the_last_one_is() -> None:
    assert seconds_away(ABSENCES) == [1.0, 3.0]


def test_whoever_stayed_away_is_not_taken_for_back() -> None:
    assert seconds_away([*ABSENCES, Absence(2, SECOND, 0)]) == [1.0, 3.0]


def test_what_was_said_before_the_cut_does_not_count() -> None:
    assert to_those_back(heard([(0, 0)], [(0, 0, 1), (0, 1, 1)])) == []


def test_only_those_count_who_were_back_when_it_was_to_be_said() -> None:
    assert to_those_back(heard([(3, 0)], [(0, 0, 4), (0, 1, 5)])) == [1 * SECOND]


def test_what_was_said_while_some_were_still_to_be_cut_does_not_count() -> None:
    """It may go out and be lost with the connection of somebody who seems to be there."""
    measured = heard([(3, 0)], [(0, 0, 4)])
    measured.parts[0].absences[1] = Absence(1, 4 * SECOND, 5 * SECOND)

    assert to_those_back(measured) == []


def test_what_was_said_when_all_were_back_does_not_count() -> None:
    """It is no storm any more, and would make the times as good as there is time left."""
    assert to_those_back(heard([(4, 0), (5, 1)], [(0, 0, 5), (0, 1, 5), (1, 0, 6), (1, 1, 6)])) == []


def test_what_somebody_wrote_while_they_were_away_does_not_count() -> None:
    assert to_those_back(heard([(3, 1)], [(0, 0, 4)])) == []


def test_whoever_did_not_come_back_is_away_for_good() -> None:
    measured = heard([(9, 0)], [(0, 0, 10), (0, 1, 10)])
    measured.parts[0].absences[1] = Absence(1, SECOND, 0)

    assert to_those_back(measured) == [1 * SECOND]
