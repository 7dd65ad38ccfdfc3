from bench.log_reader import readers
from bench.plan import Seat


def test_every_room_is_read_once_by_as_few_as_come_first() -> None:
    seats = {0: Seat(1, "", 7, (8,)), 2: Seat(2, "", 8, (9,)), 4: Seat(3, "", 7, (9,))}

    assert readers(seats, {7: 3, 8: 4, 9: 5}) == {0: {7: 3, 8: 4}, 2: {9: 5}}


def test_rooms_that_are_not_asked_for_are_not_read() -> None:
    assert readers({0: Seat(1, "", 7, (8,))}, {8: 1}) == {0: {8: 1}}
