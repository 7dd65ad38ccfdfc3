from itertools import pairwise

from bench.plan import Seat, Seating, sayings, screens_of_rooms

SEATS = [Seat(person, "session", room=person % 2) for person in range(6)]


def test_messages_are_evenly_spaced_over_the_time() -> None:
    plan = list(sayings(SEATS, 50, 4))

    assert len(plan) == 200
    assert {after.at - before.at for before, after in pairwise(plan)} == {20_000_000}


def test_everybody_talks_in_their_own_room() -> None:
    plan = list(sayings(SEATS, 50, 4))

    assert {saying.seat for saying in plan} == set(range(6))
    assert all(saying.room == SEATS[saying.seat].room for saying in plan)


def test_whoever_is_in_several_rooms_talks_in_each() -> None:
    seat = Seat(1, "session", 7, (8, 9))

    assert {saying.room for saying in sayings([seat], 50, 1)} == {7, 8, 9}


def test_only_those_talk_who_are_to() -> None:
    assert {saying.seat for saying in sayings(SEATS, 50, 1, talkers=[2, 5])} == {2, 5}


def test_two_measurements_draw_the_same_lot_with_other_client_ids() -> None:
    one, other = list(sayings(SEATS, 50, 1)), list(sayings(SEATS, 50, 1))

    assert [(each.seat, each.room, each.text) for each in one] == [(each.seat, each.room, each.text) for each in other]
    assert len({each.client_id for each in (*one, *other)}) == 100


def test_a_room_is_shown_on_the_screens_of_its_people() -> None:
    assert screens_of_rooms(SEATS) == {0: frozenset({0, 2, 4}), 1: frozenset({1, 3, 5})}
    assert screens_of_rooms([Seat(1, "", 7, (8,)), Seat(2, "", 8)]) == {7: frozenset({0}), 8: frozenset({0, 1})}


def test_a_seating_knows_its_rooms() -> None:
    assert Seating(10_000, 20, rooms_each=10).rooms == 5_000
