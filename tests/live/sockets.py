"""Sockets of the real application over real PostgreSQL and Valkey."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.models import User

ORIGIN = "http://localhost:8000"

#: Seconds after which a thing that was waited for counts as not coming.
PATIENCE = 5.0


class Socket:
    """One person's socket, as their page would use it."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self._communicator = communicator
        self._ids = itertools.count(1)
        #: All that came, in order.
        self.heard: list[dict[str, Any]] = []
        #: What came while a reply was waited for and was not asked for yet.
        self.waiting: list[dict[str, Any]] = []

    async def connect(self) -> None:
        accepted, subprotocol = await self._communicator.connect(timeout=PATIENCE)
        assert accepted
        assert subprotocol == "collab.v1"

    async def send_text(self, text: str) -> None:
        await self._communicator.send_to(text_data=text)

    async def send_bytes(self, data: bytes) -> None:
        await self._communicator.send_to(bytes_data=data)

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command; its reply."""
        command_id = next(self._ids)
        await self.send_text(json.dumps({"type": kind, "id": command_id, **fields}))
        while not ((said := await self.receive())["type"] in {"ok", "error"} and said["id"] == command_id):
            self.waiting.append(said)
        return said

    async def hello(self, **fields: Any) -> dict[str, Any]:
        """Say hello and be caught up; the welcome."""
        reply = await self.command("hello", **fields)
        assert reply["type"] == "ok", reply
        return next(said for said in self.heard if said["type"] == "welcome")

    async def receive(self) -> dict[str, Any]:
        message = await self._communicator.receive_output(timeout=PATIENCE)
        assert message["type"] == "websocket.send", message
        said: dict[str, Any] = json.loads(message["text"])
        self.heard.append(said)
        return said

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What is wanted, as soon as it comes."""
        while True:
            said = self.waiting.pop(0) if self.waiting else await self.receive()
            if wanted(said):
                return said

    async def until_type(self, kind: str, **fields: Any) -> dict[str, Any]:
        return await self.until(lambda said: said["type"] == kind and fields.items() <= said.items())

    async def closed(self) -> int:
        """The code with which the server closes the socket."""
        while True:
            message = await self._communicator.receive_output(timeout=PATIENCE)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def disconnect(self) -> None:
        await self._communicator.disconnect(timeout=PATIENCE)

    def seqs(self, room: int) -> list[int]:
        return [said["seq"] for said in self.heard if said.get("room") == room and "seq" in said]


Connect = Callable[..., Awaitable[Socket]]


def handshake(
    session_key: str | None, origin: str | None = ORIGIN, subprotocol: str | None = "collab.v1"
) -> WebsocketCommunicator:
    """A handshake with the application, not yet made."""
    from collab.asgi import application

    headers = [(b"host", b"localhost:8000")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if session_key is not None:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()))
    return WebsocketCommunicator(application, "/ws/", headers, [subprotocol] if subprotocol else [])


def sign_in(user: User) -> str:
    """A session of theirs; its key."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return str(client.session.session_key)


@contextlib.asynccontextmanager
async def opening_sockets() -> AsyncIterator[Connect]:
    """Opens sockets; closes them at the end, and stops the node."""
    from rooms import node

    opened: list[Socket] = []

    async def open_socket(user: User, *, session_key: str | None = None, hello: bool = True, **fields: Any) -> Socket:
        key = session_key or await sync_to_async(sign_in)(user)
        socket = Socket(handshake(key))
        await socket.connect()
        opened.append(socket)
        if hello:
            await socket.hello(**fields)
        return socket

    try:
        yield open_socket
    finally:
        for socket in opened:
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await socket.disconnect()
        await node.stop()
        await sync_to_async(connections.close_all)()
