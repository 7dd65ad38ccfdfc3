"""The tuned server, on which `make up` and real sites run: its doors, its order, and somebody who stops reading."""

import asyncio
import select
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from accounts.models import User
from collab.live.direct import MAX_WAITING
from collab.live.messages import Message
from collab.live.publish import publish
from rooms.announce import room_topic
from rooms.models import Room
from tests.live.sockets import sign_in
from tests.live.waiting import PATIENCE, until
from tests.protocol.test_doors import (
    test_a_session_that_ends_closes_its_open_sockets_and_the_client_stays_away,
    test_a_wrong_handshake_is_accepted_and_closed_with_its_code,
    test_every_command_before_hello_is_refused_and_hello_still_possible,
)
from tests.protocol.test_independent_client import (
    test_a_post_comes_back_with_its_client_id_text_html_and_mentions,
    test_every_command_on_a_message_makes_the_event_of_its_seq,
    test_many_messages_at_once_are_numbered_without_gaps,
    test_reading_is_told_to_all_and_only_goes_forward,
    test_two_people_talk_and_both_hear_all_of_it_in_order,
    test_welcome_says_where_every_room_stands,
)
from tests.protocol.test_metrics import told
from tests.watch.scrape import name_of

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node
    from tests.protocol.program import Program

#: What holds on plain Daphne, and is to hold here too.
__all__ = [
    "test_a_post_comes_back_with_its_client_id_text_html_and_mentions",
    "test_a_session_that_ends_closes_its_open_sockets_and_the_client_stays_away",
    "test_a_wrong_handshake_is_accepted_and_closed_with_its_code",
    "test_every_command_before_hello_is_refused_and_hello_still_possible",
    "test_every_command_on_a_message_makes_the_event_of_its_seq",
    "test_many_messages_at_once_are_numbered_without_gaps",
    "test_reading_is_told_to_all_and_only_goes_forward",
    "test_two_people_talk_and_both_hear_all_of_it_in_order",
    "test_welcome_says_where_every_room_stands",
]

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)

#: Bytes of one signal. Its type is none that a client knows, so that nothing comes of it.
SIZE = 100_000
#: Enough for what the kernels of both sides hold, and for what the server does.
MOST = 200


@pytest.fixture
def narrow(node: "Node") -> Iterator[socket.socket]:
    """A connection to the node whose kernel takes little."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    made.connect(("127.0.0.1", node.port))
    yield made
    made.close()


async def stop_reading(websocket: ClientConnection) -> None:
    """Say hello, hear the answer, and then read nothing more."""
    await websocket.send('{"type": "hello", "id": 1}')
    while '"ok"' not in str(await websocket.recv()):
        pass
    websocket.transport.pause_reading()


def is_cut(connection: socket.socket) -> bool:
    """The other side has hung up, whatever is still to be read."""
    poll = select.poll()
    poll.register(connection, select.POLLERR | select.POLLHUP)
    return bool(poll.poll(0))


def flood(room: Room, number: int, size: int = SIZE) -> None:
    payload = b'{"type":"padding","number":%d,"pad":"%s"}' % (number, b"x" * size)
    publish([Message(topic=room_topic(room.pk), payload=payload)])


async def until_heard(room: Room, program: "Program") -> None:
    """Until the node hears what other processes say, so that no signal of the test's is lost."""
    async with asyncio.timeout(PATIENCE):
        while not any(said["type"] == "padding" for said in program.heard):
            await sync_to_async(flood)(room, -1, 0)
            await asyncio.sleep(0.05)


async def test_who_reads_nothing_is_cut_off_and_the_others_hear_all(
    enter: "Enter", node: "Node", narrow: socket.socket, ada: User, ben: User, room: Room
) -> None:
    adas, fellow = await enter(ada), await enter(ben)
    await until_heard(room, adas)
    key = await sync_to_async(sign_in)(ben)
    async with connect(
        node.site.replace("http", "ws", 1) + "/ws/",
        sock=narrow,
        origin=Origin(node.site),
        additional_headers={"Cookie": f"sessionid={key}"},
        subprotocols=[Subprotocol("collab.v1")],
    ) as slow:
        await stop_reading(slow)
        sent = 0
        while not is_cut(narrow) and sent < MOST:
            await sync_to_async(flood)(room, sent)
            for program in (adas, fellow):
                await program.hears("padding", number=sent)
            sent += 1
        await until(lambda: is_cut(narrow))
    assert sent * SIZE > MAX_WAITING
    said = await adas.says(room.pk, "Whoever reads hears me")
    for program in (adas, fellow):
        assert (await program.shows(room.pk, said)).messages[said].text == "Whoever reads hears me"
        assert [each["number"] for each in program.heard if each["type"] == "padding" and each["pad"]] == list(
            range(sent)
        )
        assert [each["type"] for each in program.heard].count("welcome") == 1
    back = await enter(ben, {room.pk: said - 1})
    assert (await back.shows(room.pk, said)).seqs == [said]
    counts = await told(node)
    assert counts["collab_slow_readers_total"] == 1
    assert counts[name_of("collab_sockets_closed_total", reason="SLOW_READER")] == 1
