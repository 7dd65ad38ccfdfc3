"""A message's way as it is told: put together from what nodes saw, and from mails."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from collab.live import journeys, metrics
from collab.live.journeys import Journey, Marks
from collab.live.messages import Message
from collab.watch import trace
from rooms.actions.messages import post_message
from rooms.models import Delivery, Room, RoomMembership

STORED = 1_800_000_000.0


def journey(**seen: float) -> Journey:
    return Journey("room.1", 7, STORED, STORED, sockets=2, **seen)


def test_what_came_over_a_socket_begins_with_its_arrival() -> None:
    seen = [("a", journey(committed=0.004, published=0.002, written=0.001)), ("b", journey(written=0.003))]
    assert [(step.words, step.after) for step in trace.steps(seen, {"a": "one:8001"})] == [
        ("Arrived at one:8001", 0),
        ("Stored", 4),
        ("Sent to 2 open pages by one:8001", 5),
        ("Handed to Redis, for the other nodes", 6),
        ("Sent to 2 open pages by b", 7),
    ]


def test_what_came_over_http_begins_with_its_commit() -> None:
    seen = [("a", journey(published=0.002)), ("b", journey(written=0.003))]
    assert [(step.words, step.after) for step in trace.steps(seen, {})] == [
        ("Stored", 0),
        ("Handed to Redis, for the other nodes", 2),
        ("Sent to 2 open pages by b", 3),
    ]


@pytest.mark.django_db
def test_times_are_those_of_whoever_looks(client: Client, ada: User, ben: User, room: Room) -> None:
    ada.time_zone = "Asia/Kathmandu"
    ada.save()
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="@ben, a word").seq
    sent_at = timezone.now().replace(minute=0, second=7) + datetime.timedelta(hours=1)
    Delivery.objects.filter(user=ben).update(state="sent", sent_at=sent_at)
    RoomMembership.objects.filter(room=room, user=ben).update(mailed=seq)
    client.force_login(ada)
    page = client.get(reverse("journey", args=[room.workspace.slug, room.pk, seq])).content.decode()
    assert re.search(r"sent \d\d:45:07", page)


@pytest.mark.django_db
def test_of_a_mail_that_was_given_up_the_tries_are_told(client: Client, ada: User, ben: User, room: Room) -> None:
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="@ben, a word").seq
    Delivery.objects.filter(user=ben).update(state="dead", attempts=9)
    client.force_login(ada)
    page = client.get(reverse("journey", args=[room.workspace.slug, room.pk, seq])).content.decode()
    assert "given up after 9 tries" in page


def test_where_none_is_to_be_kept_an_event_is_timed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journeys, "is_kept", True)
    monkeypatch.setattr(journeys, "SETTLED", 0.0)
    journeys.keep_none()
    journeys.take()
    name, labels = "collab_leg_seconds_count", {"leg": "confirmed"}
    before = metrics.registry.get_sample_value(name, labels) or 0
    journeys.written(Message("room.9", seq=8, committed=STORED), 2)
    journeys.confirmed("room.9", 1, 8)
    journeys.read("room.9", 1, 8)
    assert metrics.registry.get_sample_value(name, labels) == before + 1
    assert [len(each) for each in journeys.take()] == [0, 0, 0]


def test_marks_are_read_while_one_is_being_added() -> None:
    half_there = Marks(["a", "b"], [1, 2], [3, 4], [5.0])
    assert list(half_there.so_far().each()) == [("a", 1, 3, 5.0)]
