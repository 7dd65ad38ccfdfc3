"""The tuned server forgets whoever is gone, however they went."""

import asyncio
import contextlib
import http.client
import json
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import Clock
from websockets.asyncio.client import connect

from collab.live.gauges import told
from tests.collab.running import PROJECT, free_port
from tests.live.test_conformance import answers
from tests.live.waiting import PATIENCE, until

#: A close that sends RST at once: linger on, for zero seconds.
AT_ONCE = struct.pack("ii", 1, 0)

#: As in the server, which cannot be imported into a process that has a reactor.
MOST_UNREAD = 64

HANDSHAKE = b"""\
GET /closed HTTP/1.1\r
Host: localhost\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
Sec-WebSocket-Version: 13\r
\r
"""

#: `python -m collab.live.server`, after some changes.
PROGRAM = """
import runpy
from collab.live import drain
{}
runpy.run_module("collab.live.server", run_name="__main__")
"""


class Server:
    """The tuned server in a process of its own, which sends no pings.

    Args:
        log: where it writes.
        application: the module of `tests.live` that it serves.
        drain: what is to be otherwise than in `collab.live.drain`.
    """

    def __init__(self, log: Path, application: str = "failing", /, **drain: float) -> None:
        self.port = free_port()
        self._log = log
        changes = "; ".join(f"drain.{name} = {value}" for name, value in drain.items()) or "pass"
        command = [sys.executable, "-c", PROGRAM.format(changes), "-b", "127.0.0.1", "-p", str(self.port)]
        command += ["--ping-interval=3600", "--application-close-timeout=1", f"tests.live.{application}:application"]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdout=log.open("wb"), stderr=subprocess.STDOUT)

    def said(self) -> str:
        """What it has written."""
        return self._log.read_text()

    async def holds(self, **wanted: int | range) -> None:
        """Wait until it says that it holds so much, or something of a range."""

        def does() -> bool:
            self.process.send_signal(signal.SIGUSR1)
            # The last may be written by half.
            lines = list(filter(None, map(told, self.said().split("\n")[:-1])))
            numbers = lines[-1] if lines else {}
            return all(numbers.get(f"server.{name}") in among(number) for name, number in wanted.items())

        await until(does)


def among(number: int | range) -> range:
    """A number as a range of itself."""
    return number if isinstance(number, range) else range(number, number + 1)


@pytest.fixture
async def server(tmp_path: Path) -> Any:
    server = Server(tmp_path / "log")
    try:
        await until(lambda: answers(server.port))
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


async def test_who_is_reset_while_something_of_theirs_is_still_unread_is_gone(server: Server) -> None:
    websocket = await connect(f"ws://127.0.0.1:{server.port}/")
    await server.holds(connections=1)
    server.process.send_signal(signal.SIGSTOP)
    await websocket.send("The last word")
    end: socket.socket = websocket.transport.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    websocket.transport.abort()
    await websocket.wait_closed()
    server.process.send_signal(signal.SIGCONT)
    await server.holds(connections=0)


async def test_who_was_not_listened_to_is_freed_too(server: Server) -> None:
    websocket = await connect(f"ws://127.0.0.1:{server.port}/deaf")
    for number in range(MOST_UNREAD):
        await websocket.send(str(number))
    await server.holds(unread=MOST_UNREAD + 1)
    websocket.transport.abort()
    await websocket.wait_closed()
    await server.holds(connections=0)
    async with connect(f"ws://127.0.0.1:{server.port}/") as other:
        await other.send("What is there?")
        assert json.loads(await other.recv())["TunedProtocol"] == 1


async def test_an_application_that_fails_in_the_middle_of_a_page_keeps_nobody_from_being_forgotten(
    server: Server,
) -> None:
    page = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    page.request("GET", "/")
    with pytest.raises(ConnectionResetError):
        page.getresponse().read()
    async with connect(f"ws://127.0.0.1:{server.port}/"):
        await server.holds(connections=1)
    await server.holds(connections=0)


async def test_who_has_gone_is_freed_at_once_and_not_by_a_full_collection(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/"
    for _ in range(3):
        async with connect(address):
            pass
    await server.holds(connections=0)
    async with connect(address) as websocket:
        await websocket.send("What is there?")
        there = json.loads(await websocket.recv())
    # Those of this socket. Its request may not have been forgotten yet.
    assert there.pop("WebRequest") <= 1
    assert there == {"TunedProtocol": 1, "TcpConnection": 1, "HTTPChannel": 1, "ConnectionRequest": 1}


async def test_who_does_not_answer_a_close_at_once_is_given_time_and_then_forgotten(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HANDSHAKE)
    await reader.readuntil(struct.pack("!H", 4201))
    closed_at = time.monotonic()
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    assert time.monotonic() - closed_at > 2
    writer.close()
    await server.holds(connections=0)


def test_a_connection_that_uvloop_watches_no_more_is_lost_instead_of_failing_whoever_writes() -> None:
    from collab.live.transport import NoticesReset

    class Unwatched:
        def startWriting(self) -> None:  # noqa: N802
            raise RuntimeError("the handler is closed")

    class Connection(NoticesReset, Unwatched):
        def __init__(self) -> None:
            self.reactor = Clock()
            self.lost: list[Any] = []

        def connectionLost(self, reason: Any) -> None:
            self.lost.append(reason)

    connection = Connection()
    connection.startWriting()
    assert not connection.lost
    connection.reactor.advance(0)
    assert len(connection.lost) == 1


async def test_who_asks_for_the_numbers_before_it_is_ready_ends_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "log", "asked_early")
    try:
        await until(lambda: answers(server.port))
    finally:
        server.process.kill()
        server.process.wait()
