"""Who lags further behind than the log goes back is told to load the room anew, and never shown a hole."""

from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.live.errors import Close
from rooms import greeting, log, node
from rooms.announce import room_topic
from rooms.models import Room
from rooms.trimming import trim_logs
from tests.live.sockets import Connect
from tests.live.waiting import until
from tests.rooms.ages import began_long_ago, kept, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _few_are_kept(settings: Settings) -> None:
    settings.EVENTS_KEPT = 3
    settings.EVENTS_KEPT_DAYS = 30


@pytest.fixture
def head(ada: User, room: Room) -> int:
    """Of a room whose log has its last three events."""
    for _ in range(10):
        say(ada, room)
    trim(room)
    room.refresh_from_db()
    assert kept(room)[-3:] == list(range(room.tail, room.head + 1))
    return room.head


def trim(room: Room) -> None:
    began_long_ago(room)
    assert trim_logs() > 0


def say_unheard(user: User, room: Room) -> None:
    """As for a process that stands still for long: what happens meanwhile is trimmed before it looks."""
    with transaction.atomic(), patch.object(log, "announce"):
        for _ in range(10):
            say(user, room)
        trim(room)


async def test_whoever_has_all_but_what_is_kept_resumes(connect: Connect, ada: User, room: Room, head: int) -> None:
    socket = await connect(ada, positions={str(room.pk): head - 3})
    assert socket.seqs(room.pk) == [head - 2, head - 1, head]
    assert not [said for said in socket.heard if said["type"] == "reload"]


async def test_whoever_lacks_more_is_told_to_reload_and_hears_what_comes(
    connect: Connect, ada: User, room: Room, head: int
) -> None:
    socket = await connect(ada, positions={str(room.pk): head - 4})
    types = [said["type"] for said in socket.heard]
    assert types.index("reload") < types.index("caught_up")
    assert [said["head"] for said in socket.heard if said["type"] == "reload"] == [head]
    reply = await socket.command("post", room=room.pk, client_id="0b6c1f0e-5d0a-4c3c-9d8e-2f6f1a7b9c55", text="on")
    assert reply["seq"] == head + 1
    await socket.until_type("posted", seq=head + 1)
    assert socket.seqs(room.pk) == [head + 1]


async def test_a_fetch_from_before_the_tail_is_told_to_reload(
    connect: Connect, ada: User, room: Room, head: int
) -> None:
    socket = await connect(ada)
    assert (await socket.command("fetch", room=room.pk, after=head - 4))["type"] == "ok"
    await socket.until_type("reload", room=room.pk, head=head)
    assert (await socket.command("fetch", room=room.pk, after=head - 3))["type"] == "ok"
    assert socket.seqs(room.pk) == [head - 2, head - 1, head]


async def test_what_is_trimmed_between_welcome_and_log_is_told_as_well(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(lambda: [say(ada, room) for _ in range(10)])()
    resume = greeting._resume

    async def trimmed_before(*given: object) -> None:
        await sync_to_async(trim)(room)
        monkeypatch.setattr(greeting, "_resume", resume)
        await resume(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(greeting, "_resume", trimmed_before)
    socket = await connect(ada, positions={str(room.pk): 2})
    assert [said["type"] for said in socket.heard if said.get("room") == room.pk] == ["reload"]


async def test_a_node_whose_gap_is_trimmed_parts_from_its_sockets_which_come_back_and_reload(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(ada)
    hub = (await node.current()).hub
    last = hub.passed(room_topic(room.pk))
    assert last > 0
    reads = _count_reads(hub, monkeypatch)
    await sync_to_async(say_unheard)(ben, room)
    hub.check_soon([room_topic(room.pk)])
    assert await socket.closed() == Close.GOING_AWAY
    assert socket.seqs(room.pk) == []
    assert set(reads) == {last}
    again = await connect(ada, positions={str(room.pk): last})
    room = await sync_to_async(Room.objects.get)(pk=room.pk)
    assert [said["head"] for said in again.heard if said["type"] == "reload"] == [room.head]
    await sync_to_async(say)(ben, room)
    await again.until_type("posted", seq=room.head + 1)


async def test_an_early_event_that_shows_such_a_gap_does_the_same_and_nobody_looks_on(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(ada)
    hub = (await node.current()).hub
    reads = _count_reads(hub, monkeypatch)
    await sync_to_async(say_unheard)(ben, room)
    await sync_to_async(say)(ben, room)
    assert await socket.closed() == Close.GOING_AWAY
    assert len(set(reads)) == 1
    await until(lambda: not hub._backfill._filling)
    assert room_topic(room.pk) not in hub.topics


def _count_reads(hub: object, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After which seqs the log is read from now on."""
    shelf = hub._log  # type: ignore[attr-defined]
    read, after_each = shelf.read_after, []

    async def counted(topic: str, after: int, limit: int) -> object:
        after_each.append(after)
        return await read(topic, after, limit)

    monkeypatch.setattr(shelf, "read_after", counted)
    return after_each
