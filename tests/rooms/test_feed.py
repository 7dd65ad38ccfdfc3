"""The log as the hub reads it."""

import uuid

import msgspec
import pytest
from django.db import OperationalError

from accounts.models import User
from collab.live.errors import Unavailable
from rooms import log
from rooms.access import access_room
from rooms.actions.messages import post_message
from rooms.actions.room_people import remove_person
from rooms.announce import room_of_topic, room_topic, user_topic, workspace_of_topic, workspace_topic
from rooms.feed import RoomFeed
from rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def feed() -> RoomFeed:
    return RoomFeed()


@pytest.fixture
def talked(ada: User, ben: User, room: Room) -> Room:
    """A room with some words in it, from which Ben was put out in the end."""
    for number in range(3):
        post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text=f"Word {number}")
    remove_person(access=access_room(ada, room.pk), user=ben)
    room.refresh_from_db()
    return room


async def test_rooms_have_heads_and_nothing_else_has(feed: RoomFeed, talked: Room, general: Room) -> None:
    await general.arefresh_from_db()
    topics = [room_topic(talked.pk), room_topic(general.pk), f"workspace.{talked.workspace_id}", "user.1"]
    absent = room_topic(2**31)
    assert await feed.heads([*topics, absent]) == {topics[0]: talked.head, topics[1]: general.head}
    assert await feed.heads(topics[2:]) == {}
    assert await feed.heads([]) == {}


async def test_a_room_is_read_in_order_from_after_a_seq_and_in_parts(feed: RoomFeed, talked: Room) -> None:
    topic = room_topic(talked.pk)
    everything = await feed.read_after(topic, 0, 500)
    assert [entry.seq for entry in everything] == list(range(1, talked.head + 1))
    assert {entry.topic for entry in everything} == {topic}
    assert await feed.read_after(topic, 2, 2) == everything[2:4]
    assert await feed.read_after(topic, talked.head, 500) == []


async def test_an_entry_read_says_what_an_entry_heard_says(feed: RoomFeed, talked: Room, ben: User) -> None:
    *_, removal = await feed.read_after(room_topic(talked.pk), talked.head - 1, 500)
    said = msgspec.json.decode(removal.payload)
    assert (said["type"], said["seq"], said["person"]["id"]) == ("removed", talked.head, ben.pk)
    assert removal.drops == (ben.pk,)


async def test_a_topic_that_is_no_rooms_has_no_log(feed: RoomFeed, talked: Room) -> None:
    assert await feed.read_after(f"workspace.{talked.workspace_id}", 0, 500) == []


def test_a_topic_tells_whose_it_is() -> None:
    topics = [room_topic(7), workspace_topic(7), user_topic(7)]
    assert [room_of_topic(topic) for topic in topics] == [7, 0, 0]
    assert [workspace_of_topic(topic) for topic in topics] == [0, 7, 0]


async def test_without_the_database_it_says_so(feed: RoomFeed, talked: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> object:
        raise OperationalError

    monkeypatch.setattr(log, "heads", away)
    monkeypatch.setattr(log, "read_after", away)
    with pytest.raises(Unavailable):
        await feed.heads([room_topic(talked.pk)])
    with pytest.raises(Unavailable):
        await feed.read_after(room_topic(talked.pk), 0, 500)
