from itertools import pairwise

from bench.plan import Job, Seat, sayings, screens_of_rooms

SEATS = [Seat(person, "session", room=person % 2) for person in range(6)]


def test_messages_are_evenly_spaced_over_the_time() -> None:
    plan = list(sayings(Job("http://localhost:1", SEATS, rate=50, seconds=4)))

    assert len(plan) == 200
    assert {after.at - before.at for before, after in pairwise(plan)} == {20_000_000}


def test_everybody_talks_in_their_own_room() -> None:
    plan = list(sayings(Job("http://localhost:1", SEATS, rate=50, seconds=4)))

    assert {saying.seat for saying in plan} == set(range(6))
    assert all(saying.room == SEATS[saying.seat].room for saying in plan)


def test_two_measurements_draw_the_same_lot_with_other_client_ids() -> None:
    job = Job("http://localhost:1", SEATS, rate=50, seconds=1)
    one, other = list(sayings(job)), list(sayings(job))

    assert [(each.seat, each.text) for each in one] == [(each.seat, each.text) for each in other]
    assert len({each.client_id for each in (*one, *other)}) == 100


def test_a_room_is_shown_on_the_screens_of_its_people() -> None:
    assert screens_of_rooms(SEATS) == {0: frozenset({0, 2, 4}), 1: frozenset({1, 3, 5})}
