"""A socket that does not take what it is sent: bounded, put out, and no burden to the others.

On a real connection of the tuned server: tests/protocol/test_tuned_server.py.
"""

import asyncio
from typing import Any

import pytest

from accounts.models import User
from collab.live import direct, outlets
from collab.live.direct import DirectOutlet
from collab.live.errors import Close
from collab.live.frames import Frame
from collab.live.messages import Message
from collab.live.outlets import MAX_WAITING, AsgiOutlet
from rooms.announce import room_topic
from rooms.models import Room
from rooms.node import current
from tests.live.sockets import Connect, Socket
from tests.live.waiting import PATIENCE, until

FRAME = Frame(b'{"type":"caught_up"}')


class Taker:
    """ASGI's `send` to a client that takes nothing until it is let."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.may_take = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        await self.may_take.wait()
        self.taken.append(message)


async def test_over_plain_asgi_a_slow_reader_is_told_and_put_out() -> None:
    taker = Taker()
    outlet = AsgiOutlet(1, taker.send, lambda kind, argument: None)
    await asyncio.sleep(0)
    was_closed = []
    for _ in range(MAX_WAITING + 3):
        outlet.send(FRAME)
        was_closed.append(outlet.is_closed)
    assert was_closed == [False] * MAX_WAITING + [True] * 3
    taker.may_take.set()
    await until(lambda: bool(taker.taken) and taker.taken[-1]["type"] == "websocket.close")
    assert taker.taken[-1] == {"type": "websocket.close", "code": Close.SLOW_READER}
    assert len(taker.taken) <= 2


async def test_over_plain_asgi_nothing_follows_a_close() -> None:
    taker = Taker()
    outlet = AsgiOutlet(1, taker.send, lambda kind, argument: None)
    await asyncio.sleep(0)
    # Enough to fill the queue, and then to fill it again.
    for _ in range(3 * MAX_WAITING):
        outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    taker.may_take.set()
    await asyncio.wait_for(outlet._writer, PATIENCE)
    outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    await asyncio.sleep(0)
    codes = [each["code"] for each in taker.taken if each["type"] == "websocket.close"]
    assert codes == [Close.SLOW_READER]
    assert taker.taken[-1]["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("waiting", "sent"),
    # In a full queue one frame gives way to the close.
    [(3, 3), (MAX_WAITING, MAX_WAITING - 1)],
)
async def test_over_plain_asgi_a_close_stands_behind_what_waits(waiting: int, sent: int) -> None:
    taker = Taker()
    outlet = AsgiOutlet(1, taker.send, lambda kind, argument: None)
    for _ in range(waiting):
        outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    outlet.close(Close.SESSION_ENDED)
    taker.may_take.set()
    await asyncio.wait_for(outlet._writer, PATIENCE)
    assert taker.taken == [{"type": "websocket.send", "text": FRAME.text}] * sent + [
        {"type": "websocket.close", "code": Close.GOING_AWAY}
    ]


async def test_over_plain_asgi_a_socket_that_is_gone_is_sent_nothing_more() -> None:
    taker = Taker()
    outlet = AsgiOutlet(1, taker.send, lambda kind, argument: None)
    for _ in range(3):
        outlet.send(FRAME)
    await asyncio.sleep(0)
    writer = outlet._writer
    outlet.stop()
    assert outlet.is_closed
    assert outlet.control is outlets.nobody
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(writer, PATIENCE)
    taker.may_take.set()
    outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    await asyncio.sleep(0)
    assert taker.taken == []


async def test_over_plain_asgi_a_long_log_waits_for_the_reader_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlets, "READY_WITHIN", 0.05)
    taker = Taker()
    outlet = AsgiOutlet(1, taker.send, lambda kind, argument: None)
    await outlet.ready()
    for _ in range(MAX_WAITING // 2 + 2):
        outlet.send(FRAME)
    await outlet.ready()
    assert outlet.is_closed


async def stop_taking(user: User, monkeypatch: pytest.MonkeyPatch, connect: Connect) -> tuple[Socket, asyncio.Event]:
    """A socket whose server waits, once it is caught up, until its client takes frames again."""
    may_take = asyncio.Event()
    may_take.set()
    write = AsgiOutlet._write

    async def wait_and_write(outlet: AsgiOutlet) -> None:
        send = outlet._send

        async def send_once_taken(message: dict[str, Any]) -> None:
            await may_take.wait()
            await send(message)

        outlet._send = send_once_taken
        await write(outlet)

    with monkeypatch.context() as patch:
        patch.setattr(AsgiOutlet, "_write", wait_and_write)
        socket = await connect(user)
    may_take.clear()
    return socket, may_take


@pytest.mark.django_db(transaction=True)
async def test_beside_a_slow_reader_the_others_hear_all(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await connect(ada)
    his, may_take = await stop_taking(ben, monkeypatch, connect)
    hub = (await current()).hub
    slow = next(outlet for outlet in hub.sockets if outlet.owner == ben.pk)
    assert isinstance(slow, AsgiOutlet)
    for number in range(MAX_WAITING + 2):
        # Presence, told meanwhile, takes a few places, too.
        assert not slow.is_closed or number > MAX_WAITING - 10
        hub.publish([Message(topic=room_topic(room.pk), payload=b'{"type":"padding","number":%d}' % number)])
        await hers.until_type("padding", number=number)
    assert slow.is_closed
    may_take.set()
    assert await his.closed() == Close.SLOW_READER
    back = await connect(ben)
    hub.publish([Message(topic=room_topic(room.pk), payload=b'{"type":"padding","number":-1}')])
    await back.until_type("padding", number=-1)
    await hers.until_type("padding", number=-1)


class Transport:
    """As much of Twisted's as an outlet asks; its kernel takes `room` bytes and then nothing."""

    connected, disconnecting, offset = True, False, 0
    _tempDataLen = 0  # noqa: N815 — Twisted's name.

    def __init__(self, room: int) -> None:
        self.room = room
        self.dataBuffer = b""
        self.aborted = False
        self.socket = self

    def send(self, wire: bytes) -> int:
        if not self.room:
            raise BlockingIOError
        taken = min(self.room, len(wire))
        self.room -= taken
        return taken

    def write(self, wire: bytes) -> None:
        self.dataBuffer += wire

    def abortConnection(self) -> None:  # noqa: N802 — Twisted's name.
        self.aborted = True


class Protocol:
    """One of Daphne's, over that transport."""

    def __init__(self, room: int) -> None:
        self.transport = Transport(room)
        self.closes: list[int] = []

    def sendClose(self, code: int) -> None:  # noqa: N802 — autobahn's name.
        self.closes.append(code)


def test_direct_frames_go_to_the_kernel_and_what_it_does_not_take_waits_in_order() -> None:
    protocol = Protocol(room=30)
    outlet = DirectOutlet(protocol, 1, lambda kind, argument: None)
    frames = [Frame(b'{"number":%d}' % number) for number in range(5)]
    for frame in frames:
        outlet.send(frame)
    wire = b"".join(frame.wire for frame in frames)
    assert protocol.transport.dataBuffer == wire[30:]


def test_direct_frames_to_a_slow_reader_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MAX_WAITING", 1_000)
    protocol = Protocol(room=0)
    outlet = DirectOutlet(protocol, 1, lambda kind, argument: None)
    for _ in range(500):
        outlet.send(FRAME)
    assert outlet.is_closed
    assert protocol.closes == [Close.SLOW_READER]
    assert protocol.transport.aborted
    assert len(protocol.transport.dataBuffer) <= 1_000 + len(FRAME.wire)


def test_direct_frames_end_with_one_close() -> None:
    protocol = Protocol(room=0)
    outlet = DirectOutlet(protocol, 1, lambda kind, argument: None)
    outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    outlet.close(Close.SESSION_ENDED)
    outlet.send(FRAME)
    assert protocol.closes == [Close.GOING_AWAY]
    assert protocol.transport.dataBuffer == FRAME.wire
    assert not protocol.transport.aborted


def test_direct_frames_to_a_socket_that_is_gone_are_not_written() -> None:
    protocol = Protocol(room=1_000)
    outlet = DirectOutlet(protocol, 1, lambda kind, argument: None)
    outlet.stop()
    assert outlet.control is outlets.nobody
    outlet.send(FRAME)
    outlet.close(Close.GOING_AWAY)
    assert outlet.is_closed
    assert (protocol.transport.room, protocol.transport.dataBuffer, protocol.closes) == (1_000, b"", [])


async def test_a_long_log_over_direct_frames_waits_for_the_reader_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(direct, "MAX_WAITING", 1_000)
    monkeypatch.setattr(outlets, "READY_WITHIN", 0.05)
    protocol = Protocol(room=0)
    outlet = DirectOutlet(protocol, 1, lambda kind, argument: None)
    await outlet.ready()
    for _ in range(20):
        outlet.send(FRAME)
    await outlet.ready()
    assert protocol.closes == [Close.SLOW_READER]
