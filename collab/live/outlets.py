"""Where frames for one socket go."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from structlog.contextvars import bound_contextvars

from collab.live import metrics
from collab.live.errors import Close
from collab.live.frames import Frame

logger = structlog.get_logger(__name__)

#: Frames that may wait for one socket. Over it the socket is closed: its log has what it missed.
MAX_WAITING = 1_000

#: Seconds between two looks at what waits, while a long log is sent.
LOOK_AGAIN = 0.01
#: Seconds that a reader has to take a part of a long log.
READY_WITHIN = 20.0


async def comes_soon(is_so: Callable[[], bool]) -> bool:
    """Wait until it is so; False where it is not, after all the time that a slow reader has."""
    end = asyncio.get_running_loop().time() + READY_WITHIN
    while not is_so():
        if asyncio.get_running_loop().time() > end:
            return False
        # Nothing tells when bytes have gone.
        await asyncio.sleep(LOOK_AGAIN)
    return True


def nobody(kind: str, argument: str) -> None:
    """Takes the control words of a socket that is gone.

    An outlet holds its consumer by what it calls with them, and the consumer its outlet: they would stay until a full
    collection, which a process of many sockets cannot afford.
    """


def tell_slow_reader(owner: int) -> None:
    """Write down whose socket is put out. What is bound at this moment is of whoever wrote to it."""
    metrics.SLOW_READERS.inc()
    with bound_contextvars(socket=None, request=None):
        logger.warning("slow_reader", person=owner)


class Outlet(Protocol):
    """One socket, as the hub sees it. Nothing here waits."""

    #: Whose socket it is.
    owner: int

    @property
    def control(self) -> Callable[[str, str], None]:
        """Is called with each control word (kind, argument) of the socket's topics."""

    def send(self, frame: Frame) -> None:
        """Write the frame after those given before."""

    async def ready(self) -> None:
        """Until so little waits that the socket can be sent more of a long log; one that takes nothing is put out."""

    def close(self, code: Close) -> None:
        """Close the socket after the frames given before."""


class SocketOutlet(Outlet, Protocol):
    """An outlet, as the consumer that owns it sees it."""

    #: With what it was closed from this side.
    closed_with: Close | None

    @property
    def is_closed(self) -> bool:
        """It was closed from this side, whether or not the other side has taken note."""

    @property
    def is_gone(self) -> bool:
        """Nobody is there to be written to, as far as is known."""

    def stop(self) -> None:
        """Write nothing more: the socket is gone."""


class AsgiOutlet:
    """An outlet over plain ASGI: works under any server, at the price of a queue and a task a socket.

    Args:
        owner: whose socket it is.
        send: ASGI's send.
        on_control: is called with the control words of the socket's topics.
    """

    def __init__(
        self,
        owner: int,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        on_control: Callable[[str, str], None],
    ) -> None:
        self.owner = owner
        self.control = on_control
        self._send = send
        self._waiting: asyncio.Queue[Frame | Close] = asyncio.Queue(MAX_WAITING)
        self._writer = asyncio.create_task(self._write())
        self.is_closed = False
        self.closed_with: Close | None = None

    @property
    def is_gone(self) -> bool:
        """It was closed from this side; of the other, plain ASGI tells only in turn."""
        return self.is_closed

    def send(self, frame: Frame) -> None:
        """Queue the frame; a socket that does not keep up is put out."""
        if self.is_closed:
            return
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self._put_out()

    async def ready(self) -> None:
        """Until the queue is half empty."""
        if not await comes_soon(lambda: self.is_closed or self._waiting.qsize() <= MAX_WAITING // 2):
            self._put_out()

    def close(self, code: Close) -> None:
        """Queue the close behind what waits."""
        if not self.is_closed:
            self.is_closed, self.closed_with = True, code
            metrics.CLOSED.labels(code.name).inc()
            if self._waiting.full():
                self._waiting.get_nowait()
            self._waiting.put_nowait(code)

    def stop(self) -> None:
        """End the writer: the socket is gone."""
        self.is_closed = True
        self.control = nobody
        self._writer.cancel()
        # Its end holds its frame, and that this outlet.
        del self._writer

    def _put_out(self) -> None:
        tell_slow_reader(self.owner)
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self.close(Close.SLOW_READER)

    async def _write(self) -> None:
        while True:
            item = await self._waiting.get()
            if isinstance(item, Close):
                await self._send({"type": "websocket.close", "code": int(item)})
                return
            await self._send({"type": "websocket.send", "text": item.text})
