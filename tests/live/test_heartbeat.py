"""Positions both ways: what went missing is found although no later event reveals it."""

import datetime
import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from collab.live import backfill
from rooms import greeting
from rooms.actions.positions import note_delivered
from rooms.announce import room_topic
from rooms.models import Event, Room, RoomMembership
from rooms.node import current
from rooms.nudges import NO_LONGER_THAN, NUDGE_AFTER, nudge_laggards
from tests.live.sockets import Connect, Socket
from tests.live.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _only_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found here is found by nothing else."""
    monkeypatch.setattr(backfill, "HEAD_CHECK", 1e9)
    monkeypatch.setattr(greeting, "NUDGED_WITHIN", 0.1)


async def say(socket: Socket, room: Room, text: str = "Hello") -> int:
    reply = await socket.command("post", room=room.pk, client_id=str(uuid.uuid4()), text=text)
    return int(reply["seq"])


async def delivered(user: User, room: Room) -> int | None:
    return (await RoomMembership.objects.aget(user=user, room=room)).delivered


def heads(socket: Socket) -> list[dict[str, Any]]:
    return [said for said in socket.heard if said["type"] == "heads"]


async def test_a_client_that_has_all_is_only_answered(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada)
    seq = await say(socket, room)
    assert (await socket.command("ping", positions={room.pk: seq}))["type"] == "ok"
    assert heads(socket) == []


async def test_a_client_that_has_less_is_told_how_much_there_is(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada)
    seq = await say(socket, room)
    await socket.command("ping", positions={room.pk: seq - 1})
    assert heads(socket) == [{"type": "heads", "heads": {str(room.pk): seq}}]


async def test_a_node_that_has_less_than_a_client_looks_into_the_log(
    connect: Connect, ada: User, ben: User, room: Room
) -> None:
    hers, his = await connect(ada), await connect(ben)
    node = await current()
    gate = node.hub.topics[room_topic(room.pk)].gate
    assert gate is not None
    seq = await say(hers, room)
    await his.until_type("posted", seq=seq)
    # As if the hint of it had never come to this node.
    gate.last = seq - 1
    for subscription in node.hub.topics[room_topic(room.pk)].subscriptions.values():
        subscription.cursor = seq - 1
    his.heard.clear()
    await hers.command("ping", positions={room.pk: seq})
    await his.until_type("posted", seq=seq)


async def test_rooms_one_is_not_in_are_passed_over(connect: Connect, ada: User, mallory: User, room: Room) -> None:
    await say(await connect(ada), room)
    hers = await connect(mallory)
    assert (await hers.command("ping", positions={room.pk: 0, 10**9: 5}))["type"] == "ok"
    assert heads(hers) == []


async def test_what_a_client_confirms_is_written_and_never_goes_back(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada)
    node = await current()
    assert await delivered(ada, room) is None
    seq = await say(socket, room)
    for confirmed, written in ((seq - 1, seq - 1), (seq, seq), (seq - 1, seq), (seq + 9, seq)):
        await socket.command("ping", positions={room.pk: confirmed})
        await node.delivered.flush()
        assert await delivered(ada, room) == written


async def test_a_confirmation_is_written_and_not_answered_where_nothing_lacks(
    connect: Connect, ada: User, room: Room
) -> None:
    socket = await connect(ada)
    seq = await say(socket, room)
    await confirm(socket, room, seq)
    answers = len(socket.heard)
    assert (await socket.command("ping"))["type"] == "ok"
    assert len(socket.heard) == answers + 1
    await (await current()).delivered.flush()
    assert await delivered(ada, room) == seq


async def test_a_confirmation_of_less_is_answered_with_how_much_there_is(
    connect: Connect, ada: User, room: Room
) -> None:
    socket = await connect(ada)
    seq = await say(socket, room)
    await confirm(socket, room, seq - 1)
    assert (await socket.until_type("heads"))["heads"] == {str(room.pk): seq}


async def test_nothing_can_be_confirmed_before_hello(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada, hello=False)
    await confirm(socket, room, 1)
    refusal = await socket.until_type("error")
    assert (refusal["code"], refusal["id"]) == ("hello_first", 7)


async def confirm(socket: Socket, room: Room, seq: int) -> None:
    await socket.send_text(json.dumps({"type": "confirm", "id": 7, "positions": {room.pk: seq}}))


async def test_hello_confirms_too(connect: Connect, ada: User, room: Room) -> None:
    await room.arefresh_from_db()
    await connect(ada, positions={room.pk: room.head})
    await (await current()).delivered.flush()
    assert await delivered(ada, room) == room.head


async def test_whoever_lags_behind_is_told_to_look(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers, his = await connect(ada), await connect(ben)
    node = await current()
    await until(lambda: node.hub.is_up)
    seq = await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ben.pk): seq - 1, (room.pk, ada.pk): seq})
    await grow_old(room)
    assert await sync_to_async(nudge_laggards)() == 1
    told = await his.until_type("heads")
    assert told["heads"][str(room.pk)] == seq
    assert heads(hers) == []


async def test_whoever_is_away_or_never_confirmed_anything_is_left_alone(
    connect: Connect, ada: User, ben: User, room: Room
) -> None:
    hers = await connect(ada)
    await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ben.pk): 1})
    await grow_old(room)
    assert await sync_to_async(nudge_laggards)() == 0


async def test_whoever_had_no_time_yet_is_left_alone(connect: Connect, ada: User, room: Room) -> None:
    hers = await connect(ada)
    await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ada.pk): 1})
    assert await sync_to_async(nudge_laggards)() == 0


async def test_whoever_lags_behind_in_a_busy_room_is_told_too(connect: Connect, ada: User, room: Room) -> None:
    hers = await connect(ada)
    seq = await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ada.pk): seq - 1})
    await grow_old(room)
    await say(hers, room, "And another, right now")
    assert await sync_to_async(nudge_laggards)() == 1


async def test_whoever_keeps_up_with_a_busy_room_is_left_alone(connect: Connect, ada: User, room: Room) -> None:
    hers = await connect(ada)
    seq = await say(hers, room)
    await grow_old(room)
    await say(hers, room, "And another, right now")
    await sync_to_async(note_delivered)({(room.pk, ada.pk): seq})
    assert await sync_to_async(nudge_laggards)() == 0


@pytest.mark.parametrize(("age", "nudged"), [(NUDGE_AFTER + 1, 1), (1, 0), (NO_LONGER_THAN + 1, 0)])
async def test_where_the_log_lacks_what_is_missing_the_newest_counts(
    connect: Connect, ada: User, room: Room, age: int, nudged: int
) -> None:
    hers = await connect(ada)
    seq = await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ada.pk): seq - 1})
    await grow_old(room, age)
    await Event.objects.filter(room=room, seq__gte=seq).adelete()
    assert await sync_to_async(nudge_laggards)() == nudged


async def test_whoever_lags_behind_for_long_is_left_to_their_heartbeat(connect: Connect, ada: User, room: Room) -> None:
    hers = await connect(ada)
    seq = await say(hers, room)
    await sync_to_async(note_delivered)({(room.pk, ada.pk): seq - 1})
    await grow_old(room, NO_LONGER_THAN + 1)
    await say(hers, room, "And another, right now")
    assert await sync_to_async(nudge_laggards)() == 0


async def grow_old(room: Room, seconds: int = NUDGE_AFTER + 1) -> None:
    """As if all that is there had been written so long ago."""
    then = timezone.now() - datetime.timedelta(seconds=seconds)
    await Event.objects.filter(room=room).aupdate(at=then)
    await Room.objects.filter(pk=room.pk).aupdate(head_at=then)
