"""What a socket that says hello is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from rooms import arrival
from rooms.commands import Hello
from rooms.models import Room

pytestmark = pytest.mark.django_db


def told_anew(user: User, since: datetime | None) -> set[int]:
    welcome = arrival.welcome(user, Hello(id=1, since=since), arrival.states(user))
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
