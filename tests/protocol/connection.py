"""One socket: commands go out, each reply finds its command, all else is handed on in order."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.protocol.gate import Frame

SUBPROTOCOL = "collab.v1"


class Refused(Exception):
    """The server answered a command with `error`."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame["code"], frame["message"])
        self.frame = frame
        self.code: str = frame["code"]
        self.retry_after: float | None = frame["retry_after"]


class Lost(Exception):
    """The socket closed before the reply came: whether the command was carried out is not known."""


async def open_socket(
    site: str, session: str | None, *, origin: str | None = None, subprotocols: tuple[str, ...] = (SUBPROTOCOL,)
) -> ClientConnection:
    """A handshake with the site, whatever becomes of it."""
    return await connect(
        site.replace("http", "ws", 1) + "/ws/",
        origin=Origin(site if origin is None else origin) if origin != "" else None,
        additional_headers={"Cookie": f"sessionid={session}"} if session is not None else {},
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
        max_size=None,
        proxy=None,
    )


class Connection:
    """A socket that is open, and the commands it has not answered."""

    def __init__(self, socket: ClientConnection, hear: Callable[[Frame], None]) -> None:
        self.socket = socket
        self._hear = hear
        self._ids = itertools.count(1)
        self._replies: dict[int, asyncio.Future[Frame]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, site: str, session: str, hear: Callable[[Frame], None]) -> Self:
        """Make the handshake."""
        return cls(await open_socket(site, session), hear)

    async def command(self, kind: str, **fields: Any) -> Frame:
        """Send a command and wait for its `ok`; raises `Refused` on `error` and `Lost` when the socket closes first."""
        command_id = next(self._ids)
        reply = asyncio.get_running_loop().create_future()
        self._replies[command_id] = reply
        try:
            await self.send(json.dumps({"type": kind, "id": command_id, **fields}, ensure_ascii=False))
            frame: Frame = await reply
        finally:
            self._replies.pop(command_id, None)
        if frame["type"] == "error":
            raise Refused(frame)
        return frame

    async def send(self, data: str | bytes) -> None:
        """Send a frame as it is."""
        if self._reader.done():
            raise Lost(self.code)
        try:
            await self.socket.send(data)
        except ConnectionClosed as error:
            raise Lost(self.code) from error

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for data in self.socket:
                self._take(json.loads(data))
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(Lost(self.code))

    def _take(self, frame: Frame) -> None:
        reply = self._replies.get(frame["id"]) if frame["type"] in {"ok", "error"} else None
        if reply is None:
            self._hear(frame)
        elif not reply.done():
            reply.set_result(frame)

    @property
    def code(self) -> int:
        """The code it was closed with; 1006 where the connection broke."""
        return self.socket.close_code or 1006

    async def closed(self) -> int:
        """Wait until it is closed, whoever does it; the code."""
        await asyncio.shield(self._reader)
        return self.code

    async def close(self) -> None:
        """Close it from this side."""
        await self.socket.close()
        await asyncio.shield(self._reader)

    def abort(self) -> None:
        """Cut the line, as a network would."""
        self.socket.transport.abort()
