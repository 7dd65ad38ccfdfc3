"""A node that dies without a goodbye: its people are gone as soon as what it left behind has expired."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from accounts.models import User
from collab.live import attendance
from collab.live.attendance import Attendance
from collab.live.presence import EXPIRY, REFRESH, WITHIN, PresenceStore
from rooms import node
from rooms.announce import workspace_topic
from rooms.models import Room
from rooms.tasks import sweep_presence
from tests.live.sockets import Connect
from tests.live.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


#: Seconds within which the people of a node that died are gone.
PROMISED = 45


class Outlet:
    """A socket of the other node."""

    def __init__(self, owner: int) -> None:
        self.owner = owner


@pytest.fixture
def valkey() -> Iterator[Any]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


async def dies_with(user: User, topic: str) -> None:
    """Another node, with a socket of this person; it is no more, and has taken back nothing."""
    other = Attendance(PresenceStore(), lambda *_: None, lambda _: None)
    await other.come(Outlet(user.pk), {topic: None})  # type: ignore[arg-type]
    await other.stop()


def age(valkey: Any, topic: str, person: int) -> None:
    """As if what is kept of the person had been kept a minute ago; it expires by Valkey's own clock."""
    key = f"collab:presence:{topic}"
    for entry in valkey.zrange(key, 0, -1):
        if entry.startswith(b"%d:" % person):
            valkey.zincrby(key, -60, entry)


async def test_people_of_a_node_that_died_are_told_gone_and_swept_away(
    connect: Connect, ada: User, ben: User, room: Room, valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "COLLECT", 0.01)
    monkeypatch.setattr(attendance, "REFRESH", 0.05)
    topic = workspace_topic(room.workspace_id)
    await dies_with(ben, topic)
    hers = await connect(ada)
    assert hers.heard[0]["online"] == {str(room.workspace_id): sorted([ada.pk, ben.pk])}
    await asyncio.to_thread(age, valkey, topic, ben.pk)
    gone = await hers.until_type("presence", offline=[ben.pk])
    assert gone["workspace"] == room.workspace_id
    assert valkey.zcard(f"collab:presence:{topic}") == 2
    assert await asyncio.to_thread(sweep_presence) == [topic]
    assert valkey.zcard(f"collab:presence:{topic}") == 1
    assert await asyncio.to_thread(sweep_presence) == []


async def test_the_sweep_has_everyone_told_who_does_not_look_by_themselves_yet(
    connect: Connect, ada: User, ben: User, room: Room, valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "COLLECT", 0.01)
    monkeypatch.setattr(attendance, "REFRESH", 1_000)
    topic = workspace_topic(room.workspace_id)
    await dies_with(ben, topic)
    hers = await connect(ada)
    here = await node.current()
    # Only the refreshing of later on is left: nobody looks any more because of Ada, or of a link that came up.
    await until(lambda: here.hub.is_up and here.attendance.gauges()["tasks"] == 1)
    await asyncio.to_thread(age, valkey, topic, ben.pk)
    assert await asyncio.to_thread(sweep_presence) == [topic]
    await hers.until_type("presence", offline=[ben.pk])


def test_they_are_gone_in_time_whether_the_sweep_or_a_refresh_finds_it_and_nobody_is_who_missed_one() -> None:
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    sweeps: int = schedule["rooms.tasks.sweep_presence"]["schedule"]
    assert EXPIRY + max(sweeps, REFRESH) + attendance.COLLECT + WITHIN < PROMISED
    # Scores are whole seconds.
    assert EXPIRY - 1 > 2 * REFRESH
    assert sweeps < REFRESH
