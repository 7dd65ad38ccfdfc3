"""Who has read how far: as they came, and in a big room nobody."""

import pytest

from accounts.models import User
from rooms.access import access_room
from rooms.actions.positions import read_to
from rooms.actions.room_people import add_people, leave_room
from rooms.models import Membership, Room, RoomMembership
from rooms.readers import MOST_READERS, of_newest, of_room, readers
from tests.rooms.test_views_rooms import say

pytestmark = pytest.mark.django_db(transaction=True)


def crowd(room: Room, number: int) -> None:
    people = [User(name=f"Person {n}", handle=f"p{n}", email=f"p{n}@example.org") for n in range(number)]
    for user in User.objects.bulk_create(people):
        Membership.objects.create(workspace=room.workspace, user=user, role="member")
        RoomMembership.objects.create(room=room, user=user)


def test_they_stand_as_they_came_without_oneself_and_the_author(ada: User, ben: User, cleo: User, room: Room) -> None:
    add_people(access=access_room(ada, room.pk), people=[cleo])
    leave_room(access=access_room(ben, room.pk))
    add_people(access=access_room(ada, room.pk), people=[ben])
    seq = say(ada, room)
    for person in (ben, cleo):
        read_to(user=person, room_id=room.pk, position=seq)
    assert readers(access_room(ada, room.pk), seq) == of_newest(access_room(ada, room.pk)) == [cleo, ben]
    assert readers(access_room(ben, room.pk), seq) == [cleo]
    assert [each.person.handle for each in of_room(ben, room.pk).readers] == ["ada", "cleo", "ben"]


def test_in_a_room_of_more_than_a_hundred_nobody_is_told(ada: User, room: Room) -> None:
    seq = say(ada, room)
    crowd(room, MOST_READERS - room.people.count())
    RoomMembership.objects.filter(room=room).update(position=seq)
    assert len(of_room(ada, room.pk).readers) == MOST_READERS
    assert len(of_newest(access_room(ada, room.pk))) == MOST_READERS - 1
    one_more = User.objects.create(name="Vera", handle="vera", email="vera@example.org")
    RoomMembership.objects.create(room=room, user=one_more, position=seq)
    assert of_room(ada, room.pk).readers == ()
    assert of_newest(access_room(ada, room.pk)) == []
