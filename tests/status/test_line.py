"""Lines that break and come back: as for a page, what was said meanwhile is said again, and nothing fails."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from collab.status import line as module
from collab.status import store
from collab.status.line import Line
from collab.status.measuring import Measuring
from collab.status.tally import Tally
from rooms.models import Message
from tests.live.waiting import until
from tests.protocol.node import Node, free_port
from tests.status import measured as in_database


class Door:
    """Leads to a node, while it is open; it may keep back what the node answers."""

    def __init__(self, node: Node) -> None:
        self.port = free_port()
        self._node = node
        self._lets_out = asyncio.Event()
        self._inside: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        self._lets_out.set()
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)

    def keep_answers(self) -> None:
        self._lets_out.clear()

    async def shut(self) -> None:
        """With whoever is inside, and what was kept back."""
        self._server.close()
        for task in self._inside:
            task.cancel()
        await asyncio.gather(*self._inside, return_exceptions=True)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        within, out = await asyncio.open_connection("127.0.0.1", self._node.port)
        both = {asyncio.create_task(self._carry(reader, out)), asyncio.create_task(self._carry(within, writer, True))}
        self._inside |= both
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        writer.transport.abort()
        out.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, is_answer: bool = False) -> None:
        while data := await source.read(65_536):
            if is_answer:
                await self._lets_out.wait()
            to.write(data)


@pytest.fixture
async def door(node: Node, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """The canary goes through it, once a second."""
    door = Door(node)
    await door.open()
    monkeypatch.setattr(module, "LONGEST", 0.5)
    monkeypatch.setattr("collab.status.lease.RENEWED", 1)
    for name, value in {"SITE_URL": node.site, "CANARY_URL": door.url, "CANARY_SECONDS": 1}.items():
        monkeypatch.setattr(settings, name, value)
    yield door
    await door.shut()


def stored(client_id: UUID) -> None:
    end = time.monotonic() + in_database.PATIENCE
    while not Message.objects.filter(client_id=client_id).exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def rename(table: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {to}")


async def measured(what: Callable[[Tally], bool]) -> Tally:
    return await asyncio.to_thread(store.closing, in_database.until, what)


async def test_what_had_no_answer_before_the_line_broke_or_was_due_meanwhile_is_said_again(door: Door) -> None:
    measuring = Measuring()
    running = asyncio.create_task(measuring.run())
    before = await measured(lambda so_far: so_far.delivered >= 1)
    beats = measuring._beats
    door.keep_answers()
    await until(lambda: len(beats.unanswered) >= 1)
    (unanswered,) = beats.unanswered
    await asyncio.to_thread(store.closing, stored, unanswered)
    await door.shut()
    await until(lambda: len(beats.unanswered) >= 3)
    await door.open()
    found = await measured(lambda so_far: so_far.delivered >= before.delivered + 5)
    measuring.stop()
    await running
    assert (found.unavailable, found.lost) == (0, 0)
    assert found.longest > 1_000
    assert await Message.objects.filter(client_id=unanswered).acount() == 1


async def test_what_was_refused_for_now_is_said_again_when_it_may_be(door: Door) -> None:
    measuring = Measuring()
    running = asyncio.create_task(measuring.run())
    before = await measured(lambda so_far: so_far.delivered >= 1)
    beats = measuring._beats
    await asyncio.to_thread(store.closing, rename, "rooms_message", "rooms_message_away")
    try:
        await until(lambda: any(each.again for each in beats._open.values()))
    finally:
        await asyncio.to_thread(store.closing, rename, "rooms_message_away", "rooms_message")
    found = await measured(lambda so_far: so_far.delivered >= before.delivered + 5)
    measuring.stop()
    await running
    assert (found.unavailable, found.lost) == (0, 0)
    assert found.longest >= 2_000


async def test_whoever_is_told_goodbye_comes_back_when_it_was_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    came, is_back = list[float](), asyncio.Event()

    async def site(socket: ServerConnection) -> None:
        came.append(time.monotonic())
        if len(came) == 1:
            await socket.recv()
            await socket.send(json.dumps({"type": "goodbye", "delay": 1.5}))
            await socket.close(4100)
        else:
            is_back.set()

    async def session(renew: bool) -> str:
        return "some"

    def answered(*_: object) -> None:
        raise AssertionError

    async with serve(site, "127.0.0.1", 0, subprotocols=[Subprotocol("collab.v1")]) as server:
        monkeypatch.setattr(settings, "CANARY_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        line = Line("x", session=session, hear=lambda _: None, answered=answered, later=answered, clock=time.monotonic)
        staying = asyncio.create_task(line.stay())
        await asyncio.wait_for(is_back.wait(), 20)
        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)
    assert came[1] - came[0] >= 1.5
