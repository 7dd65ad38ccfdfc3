"""What goes wrong, or nearly, is counted where it happens."""

import uuid
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from collab.live import journeys, limits, metrics
from collab.live.outlets import MAX_WAITING, AsgiOutlet
from rooms import greeting, log, node
from rooms.models import Room
from tests.live.test_outlets import FRAME, Taker
from tests.live.waiting import until
from tests.rooms.ages import say
from tests.watch.scrape import Counted, values

if TYPE_CHECKING:
    from tests.live.sockets import Connect


@pytest.fixture
async def counted() -> Counted:
    return Counted(await values())


def say_unheard(user: User, room: Room) -> None:
    """As where the layer loses it."""
    with patch.object(log, "announce"):
        say(user, room)


async def test_a_gap_and_what_fills_it(connect: "Connect", counted: Counted, ada: User, ben: User, room: Room) -> None:
    hers = await connect(ada)
    hub = (await node.current()).hub
    await until(lambda: hub.is_sure)
    await sync_to_async(say_unheard)(ben, room)
    seq = await sync_to_async(say)(ben, room)
    await hers.until_type("posted", seq=seq)
    assert await counted.more("gaps") == 1
    # The early one is read once more with the one before it.
    assert await counted.more("backfilled") == 2


async def test_what_is_sent_again(connect: "Connect", counted: Counted, ada: User, room: Room) -> None:
    head = await sync_to_async(lambda: [say(ada, room) for _ in range(3)][-1])()
    hers = await connect(ada, positions={str(room.pk): head - 3})
    assert await counted.more("resent") == 3
    await hers.command("fetch", room=room.pk, after=head - 2)
    assert await counted.more("resent") == 3 + 2


async def test_rooms_that_are_loaded_anew(
    connect: "Connect", counted: Counted, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "RELOAD_BEYOND", 1)
    head = await sync_to_async(lambda: [say(ada, room) for _ in range(3)][-1])()
    hers = await connect(ada, positions={str(room.pk): head - 2})
    assert await counted.more("reloads") == 1
    await hers.command("fetch", room=room.pk, after=head - 2)
    assert await counted.more("reloads") == 2


async def test_a_slow_reader_and_a_socket_that_is_closed(counted: Counted) -> None:
    outlet = AsgiOutlet(1, Taker().send, lambda kind, argument: None)
    for _ in range(MAX_WAITING + 1):
        outlet.send(FRAME)
    outlet.stop()
    assert await counted.more("slow_readers") == 1
    assert await counted.more("sockets_closed", reason="SLOW_READER") == 1


async def test_a_command_that_is_refused(connect: "Connect", counted: Counted, ada: User, room: Room) -> None:
    hers = await connect(ada)
    assert (await hers.command("post", room=10**6, client_id=str(uuid.uuid4()), text="Nowhere"))["type"] == "error"
    assert await counted.more("commands_refused", code="room_not_found") == 1


async def test_a_command_that_comes_too_soon(
    connect: "Connect", counted: Counted, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BURST", 2)
    monkeypatch.setattr(limits, "A_SECOND", 0.001)
    hers = await connect(ada)
    assert [(await hers.command("ping"))["type"] for _ in range(3)] == ["ok", "error", "error"]
    assert await counted.more("rate_limited", what="command") == 2
    assert await counted.more("commands_refused", code="too_fast") == 2


async def test_what_the_database_is_asked_by(connect: "Connect", ada: User) -> None:
    await connect(ada)
    now = await values()
    # The thread that asked keeps its connection.
    assert 0 <= now["collab_database_pool_available"] < now["collab_database_pool_size"]
    assert now["collab_database_requests_waiting"] == now["collab_database_threads_waiting"] == 0


async def test_who_counts_nothing_keeps_no_messages_way(
    connect: "Connect", ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys, "SETTLED", 0.0)
    hers = await connect(ada)
    for is_counting in (False, True):
        monkeypatch.setattr(metrics, "is_counting", is_counting)
        journeys.take()
        said = await hers.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="On its way")
        await hers.until_type("posted", seq=said["seq"])
        assert bool(journeys.fresh().journeys) is is_counting
