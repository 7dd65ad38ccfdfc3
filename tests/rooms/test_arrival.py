"""What a socket that says hello is told."""

import uuid
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from rooms import arrival, epoch
from rooms.access import access_room
from rooms.actions.messages import post_message
from rooms.actions.room_people import add_people
from rooms.commands import Hello
from rooms.models import Room
from rooms.signals import Welcome

pytestmark = pytest.mark.django_db


def told_anew(user: User, since: datetime | None) -> set[int]:
    [welcome] = arrival.welcomes([arrival.Arrival(user, Hello(id=1, since=since))])
    return {person.id for person in welcome.changed}


def set_changed(user: User, at: datetime) -> None:
    User.objects.filter(pk=user.pk).update(changed_at=at)


def test_those_who_changed_while_one_was_away_are_told_anew(ada: User, ben: User, room: Room) -> None:
    now = timezone.now()
    set_changed(ada, now - timedelta(days=2))
    set_changed(ben, now - timedelta(days=1))
    assert told_anew(ben, None) == set()
    assert told_anew(ben, now) == set()
    assert told_anew(ben, now - timedelta(days=1, hours=1)) == {ben.pk}
    assert told_anew(ben, now - timedelta(days=3)) == {ada.pk, ben.pk}


def test_a_node_whose_clock_is_five_minutes_late_tells_of_everyone_all_the_same(
    ada: User, ben: User, room: Room
) -> None:
    now = timezone.now()
    set_changed(ada, now - timedelta(minutes=5))
    set_changed(ben, now - timedelta(days=1))
    assert told_anew(ben, now) == {ada.pk}


@pytest.mark.parametrize("since", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_the_ends_of_time_are_times(ada: User, ben: User, room: Room, since: datetime) -> None:
    assert told_anew(ben, since) == ({ada.pk, ben.pk} if since.year == 1 else set())


def test_many_at_once_are_told_what_each_is_told_alone(
    ada: User, ben: User, cleo: User, mallory: User, room: Room, general: Room
) -> None:
    add_people(access=access_room(ada, room.pk), people=[cleo])
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="For @ben and @cleo")
    since = timezone.now() - timedelta(days=1)
    arrivals = [
        arrival.Arrival(user, Hello(id=1, since=asked))
        for user, asked in (
            (ada, since),
            (ben, None),
            (cleo, since),
            (mallory, since),
            (ben, since + timedelta(days=2)),
        )
    ]
    together = arrival.welcomes(arrivals)
    alone = [arrival.welcomes([each])[0] for each in arrivals]
    assert [plain(each) for each in together] == [plain(each) for each in alone]
    assert {person.id for person in together[0].changed} == {ada.pk, ben.pk, cleo.pk}
    assert {person.id for person in together[2].changed} == {ada.pk, ben.pk, cleo.pk}
    assert {person.id for person in together[3].changed} == {mallory.pk}
    users = [each.user for each in arrivals]
    assert arrival.entitlements(users) == [arrival.entitlements([user])[0] for user in users]


def plain(welcome: Welcome) -> Welcome:
    """What does not depend on the moment, nor on the order of people."""
    changed = tuple(sorted(welcome.changed, key=lambda person: person.id))
    return msgspec.structs.replace(welcome, at=datetime.min.replace(tzinfo=UTC), changed=changed)


def test_a_hundred_ask_no_more_often_than_one(
    ada: User, ben: User, room: Room, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    since = timezone.now() - timedelta(days=1)
    # Read once for each connection.
    epoch.current()
    for count in (1, 50):
        arrivals = [arrival.Arrival(user, Hello(id=1, since=since)) for user in (ada, ben)] * count
        with django_assert_num_queries(5):
            arrival.welcomes(arrivals)
        with django_assert_num_queries(2):
            arrival.entitlements([each.user for each in arrivals])
