"""A socket of the load generator, which notes what comes and when."""

import asyncio
import time
from collections.abc import Mapping

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.errors import CannotMeasure
from bench.peers.job import Seat
from bench.peers.payload import Numbering, event


class Client(WSListener):  # type: ignore[misc, unused-ignore]  # a class of C, with or without types.
    """A socket of a room named in its address; it sends and hears bare JSON.

    Args:
        seat: whose it is.
        numbering: tells which message came.
    """

    def __init__(self, seat: Seat, numbering: Numbering) -> None:
        self.seat = seat
        #: Numbers of the messages that came, and the monotonic nanoseconds when.
        self.numbers: list[int] = []
        self.times: list[int] = []
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.has_ended = False
        self._numbering = numbering
        self._transport: WSTransport | None = None

    def path(self) -> str:
        """Where on the server."""
        return f"/{self.seat.room}"

    def headers(self, url: str) -> Mapping[str, str]:
        """What the handshake says besides."""
        return {}

    def say(self, number: int) -> None:
        """Send a message."""
        self.write(event(self.seat.room, number, self._numbering.client_id(number)))

    def greeted(self) -> None:
        """The socket is open."""
        self.join()

    def attend(self, text: bytes) -> None:
        """Something came that is no message."""

    def hear(self, text: bytes) -> None:
        """A message came, and is noted."""

    # --- what they have in common --------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self._transport = transport
        self.greeted()

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        """Note the moment first, then what it is."""
        at = time.monotonic_ns()
        if frame.msg_type != WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        number = self._numbering.read(text)
        if number is None:
            self.attend(text)
        else:
            self.numbers.append(number)
            self.times.append(at)
            self.hear(text)

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The socket is gone, whoever ended it."""
        self.has_ended = True
        if not self.joined.done():
            self.joined.set_exception(CannotMeasure("a server closed a socket that had not joined its room yet."))

    def join(self) -> None:
        """From now on the client hears its room."""
        if not self.joined.done():
            self.joined.set_result(None)

    def write(self, text: bytes) -> None:
        """Send a frame."""
        if self._transport is not None and not self.has_ended:
            self._transport.send(WSMsgType.TEXT, text)

    def leave(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.disconnect()
