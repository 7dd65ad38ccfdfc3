"""A person's socket, end to end: from command to commit to everyone's screen."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.live import consumer, limits
from collab.live.errors import Close
from collab.live.messages import Message
from collab.live.publish import publish
from rooms import announce, arrival
from rooms.access import access_room
from rooms.actions.room_people import add_people, join_room, leave_room, remove_person
from rooms.actions.rooms import create_room
from rooms.announce import user_topic
from rooms.models import Membership, Room, Workspace
from rooms.node import MOST_GREETINGS, current
from tests.live.sockets import Connect, Socket
from tests.live.valkeys import frail_valkey
from tests.live.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


async def post(socket: Socket, room: Room, text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return await socket.command("post", room=room.pk, client_id=str(uuid.uuid4()), text=text, **fields)


def secret_room(ada: User, workspace: Workspace) -> Room:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    return create_room(by=by, name="secret", kind=Room.Kind.PRIVATE)


async def test_hello_is_answered_with_where_each_room_stands(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada)
    welcome = socket.heard[0]
    assert welcome["type"] == "welcome"
    assert welcome["you"]["handle"] == "ada"
    states = {state["room"]: state for state in welcome["rooms"]}
    await room.arefresh_from_db()
    assert states[room.pk]["head"] == room.head


async def test_a_hello_that_fails_half_way_is_to_be_said_anew(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "welcomes", lambda *_: 1 / 0)
    socket = await connect(ada, hello=False)
    await socket.send_text('{"type": "hello", "id": 1}')
    assert await socket.closed() == Close.GOING_AWAY


async def test_a_hello_that_waited_until_its_socket_was_gone_costs_nothing(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await connect(ada, hello=False)
    here = await current()
    (outlet,) = here.hub.sockets
    asked: list[Any] = []
    monkeypatch.setattr(here.entitlements, "submit", asked.append)
    for _ in range(MOST_GREETINGS):
        await here.greetings.acquire()
    await hers.send_text('{"type": "hello", "id": 1}')
    await until(lambda: here.hub.sockets.hears(outlet, user_topic(ada.pk)))
    outlet.close(Close.GOING_AWAY)
    here.greetings.release()
    # They have their turn first, and give it on.
    await here.greetings.acquire()
    assert asked == []
    for _ in range(MOST_GREETINGS):
        here.greetings.release()


async def test_a_message_reaches_the_other_and_its_author(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers, his = await connect(ada), await connect(ben)
    reply = await post(hers, room, "Hello **Ben**, @ben")
    assert reply["type"] == "ok"
    posted = await his.until_type("posted")
    assert posted["seq"] == reply["seq"]
    assert "<strong>Ben</strong>" in posted["html"]
    assert posted["mentions"] == [ben.pk]
    assert posted["actor"]["name"] == "Ada"
    await hers.until_type("posted")


async def test_what_was_missed_follows_the_welcome_in_order(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers = await connect(ada)
    await room.arefresh_from_db()
    seen = room.head
    for number in range(5):
        await post(hers, room, f"message {number}")
    his = await connect(ben, positions={room.pk: seen})
    assert his.seqs(room.pk) == list(range(seen + 1, seen + 6))
    assert [said["type"] for said in his.heard][-2:] == ["caught_up", "ok"]


async def test_a_position_beyond_the_head_is_told_to_reload(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada, positions={room.pk: 999})
    assert [said["room"] for said in socket.heard if said["type"] == "reload"] == [room.pk]


async def test_many_messages_at_once_arrive_in_the_order_sent(
    connect: Connect, ada: User, ben: User, room: Room
) -> None:
    hers, his = await connect(ada), await connect(ben)
    for number in range(60):
        await hers.send_text(
            f'{{"type":"post","id":{1000 + number},"room":{room.pk},"client_id":"{uuid.uuid4()}","text":"{number}"}}'
        )
    texts = [(await his.until_type("posted"))["text"] for _ in range(60)]
    assert texts == [str(number) for number in range(60)]
    assert his.seqs(room.pk) == sorted(his.seqs(room.pk))


async def test_a_newcomer_hears_the_room_from_the_next_event_on(
    connect: Connect, ada: User, ben: User, workspace: Workspace
) -> None:
    room = await sync_to_async(secret_room)(ada, workspace)
    hers, his = await connect(ada), await connect(ben)
    await post(hers, room, "before Ben")
    await sync_to_async(lambda: add_people(access=access_room(ada, room.pk), people=[ben]))()
    assert (await his.until_type("room_added"))["state"]["room"] == room.pk
    await post(hers, room, "welcome, Ben")
    assert (await his.until_type("posted"))["text"] == "welcome, Ben"


async def test_a_guest_put_in_a_room_is_asked_for_a_new_hello(
    connect: Connect, ada: User, cleo: User, room: Room
) -> None:
    """The people whom a guest may see change with their rooms."""
    hers = await connect(cleo)
    assert hers.heard[0]["online"] == {str(room.workspace_id): [cleo.pk]}
    await sync_to_async(lambda: add_people(access=access_room(ada, room.pk), people=[cleo]))()
    await hers.until_type("room_added")
    assert await hers.closed() == Close.GOING_AWAY


async def test_a_removed_person_hears_nothing_more(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers, his = await connect(ada), await connect(ben)
    await sync_to_async(lambda: remove_person(access=access_room(ada, room.pk), user=ben))()
    assert (await his.until_type("room_removed"))["room"] == room.pk
    await post(hers, room, "now without Ben")
    await hers.until_type("posted")
    assert (await his.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="?"))["code"] == "room_not_found"
    assert not [said for said in his.heard if said["type"] == "posted"]


async def test_someone_who_comes_back_hears_again(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers, his = await connect(ada), await connect(ben)
    await sync_to_async(lambda: remove_person(access=access_room(ada, room.pk), user=ben))()
    await his.until_type("room_removed")
    await sync_to_async(lambda: join_room(access=access_room(ben, room.pk)))()
    await his.until_type("room_added")
    await post(hers, room, "hello again")
    assert (await his.until_type("posted"))["text"] == "hello again"


async def test_a_going_that_is_told_late_says_that_it_is_over(
    connect: Connect, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two nodes tell of the two, and nothing orders what they say on a person's own topic."""
    his = await connect(ben)
    late: list[Sequence[Message]] = []
    with monkeypatch.context() as slow:
        slow.setattr(announce, "publish", late.append)
        await sync_to_async(lambda: leave_room(access=access_room(ben, room.pk)))()
    await sync_to_async(lambda: join_room(access=access_room(ben, room.pk)))()
    added = await his.until_type("room_added")
    for messages in late:
        publish(messages)
    removed = await his.until_type("room_removed")
    assert removed["head"] == added["state"]["head"] - 1


async def test_who_has_gone_before_their_coming_was_told_hears_as_of_when(
    connect: Connect, ben: User, room: Room
) -> None:
    his = await connect(ben)
    await sync_to_async(lambda: leave_room(access=access_room(ben, room.pk)))()
    first = await his.until_type("room_removed")
    await sync_to_async(lambda: announce.announce([], [(room, ben)]))()
    assert await his.until_type("room_removed") == first


async def test_typing_and_reading_are_told(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers, his = await connect(ada), await connect(ben)
    assert (await hers.command("typing", room=room.pk))["type"] == "ok"
    assert (await his.until_type("typing"))["person"]["handle"] == "ada"
    head = (await post(hers, room))["seq"]
    assert (await his.command("read", room=room.pk, position=head))["type"] == "ok"
    read = await hers.until_type("read_to", room=room.pk)
    assert (read["person"]["handle"], read["position"]) == ("ben", head)


async def test_coming_and_going_is_told(connect: Connect, ada: User, ben: User, room: Room) -> None:
    hers = await connect(ada)
    his = await connect(ben)
    came = await hers.until(lambda said: said["type"] == "presence" and ben.pk in said["online"])
    assert came["workspace"] == room.workspace_id
    await his.disconnect()
    while True:
        said = await hers._communicator.receive_output(timeout=12)
        if f'"offline":[{ben.pk}]' in said["text"]:
            break


async def test_a_second_hello_is_refused_and_changes_nothing(connect: Connect, ada: User, room: Room) -> None:
    socket = await connect(ada)
    assert (await socket.command("hello"))["code"] == "hello_again"
    assert (await post(socket, room))["type"] == "ok"


async def test_only_a_socket_without_hello_is_closed_for_it(
    connect: Connect, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "HELLO_WITHIN", 1.0)
    greeted, silent = await connect(ada), await connect(ada, hello=False)
    assert await silent.closed() == Close.HELLO_TIMEOUT
    assert (await greeted.command("ping"))["type"] == "ok"


async def test_one_tab_too_many_is_told_so(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS", 2)
    first, _ = await connect(ada), await connect(ada)
    third = await connect(ada, hello=False)
    assert await third.closed() == Close.TOO_MANY_SOCKETS
    await first.disconnect()
    await connect(ada)


async def test_who_floods_for_long_is_put_out_and_comes_back_to_the_same_allowance(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BURST", 10)
    monkeypatch.setattr(limits, "A_SECOND", 0.001)
    monkeypatch.setattr(limits, "REFUSALS", 5)
    socket = await connect(ada)
    replies = [await socket.command("ping") for _ in range(14)]
    assert [reply["type"] for reply in replies] == ["ok"] * 9 + ["error"] * 5
    assert {reply.get("code") for reply in replies[9:]} == {"too_fast"}
    await socket.send_text('{"type": "ping", "id": 99}')
    assert await socket.closed() == Close.TOO_FAST
    again = await connect(ada, hello=False)
    await again.send_text('{"type": "hello", "id": 1, "positions": {}}')
    assert await again.closed() == Close.TOO_FAST


async def test_a_closed_socket_carries_out_nothing_more(connect: Connect, ada: User, room: Room) -> None:
    """Also where the other side takes no note of the close."""
    socket = await connect(ada)
    node = await current()
    for outlet in node.hub.sockets:
        outlet.close(Close.SESSION_ENDED)
    await room.arefresh_from_db()
    head = room.head
    await socket.send_text(
        f'{{"type": "post", "id": 9, "room": {room.pk}, "client_id": "{uuid.uuid4()}", "text": "x"}}'
    )
    assert await socket.closed() == Close.SESSION_ENDED
    await socket.disconnect()
    await node.writer.idle()
    await room.arefresh_from_db()
    assert room.head == head


async def test_with_a_redis_that_hangs_people_still_come_talk_and_go(
    connect: Connect, ada: User, ben: User, room: Room, settings: Settings
) -> None:
    with frail_valkey() as valkey:
        settings.REDIS_URL = valkey.url
        settings.CHANNEL_LAYERS = {
            "default": settings.CHANNEL_LAYERS["default"] | {"CONFIG": {"hosts": [valkey.url]}},
        }
        hers = await connect(ada)
        node = await current()
        await until(lambda: node.hub.is_up)
        valkey.hang()
        his = await connect(ben)
        await post(hers, room)
        await his.until_type("posted")
        await his.disconnect()
        await post(hers, room)
        valkey.wake()
        await node.stop()


async def test_nobody_waits_behind_the_heavy_texts_of_another(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BURST", 10_000)
    hers, his = await connect(ada), await connect(ben)
    for number in range(30):
        said = {"room": room.pk, "client_id": str(uuid.uuid4()), "text": "- a\n" * 1_000}
        await hers.send_text(json.dumps({"type": "post", "id": 100 + number} | said))
    reply = await post(his, room, "Hello")
    before = [said for said in his.heard if said["type"] == "posted" and said["seq"] < reply["seq"]]
    # What was under way when it came, and one turn of hers.
    assert len(before) < 15
