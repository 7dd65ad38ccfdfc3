"""How each server is spoken to: a client a socket, which notes what comes and when."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.errors import CannotMeasure
from bench.peers import engine_io
from bench.peers.engine_io import Packet
from bench.peers.job import Seat
from bench.peers.payload import TEXT, Numbering, event


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


class TutorialClient(Client):
    """Of the chat in Channels' tutorial, whose messages are strings in an object."""

    def path(self) -> str:
        """The room's."""
        return f"/ws/chat/{self.seat.room}/"

    def headers(self, url: str) -> Mapping[str, str]:
        """As a page of the site's own has it."""
        return {"Origin": url}

    def say(self, number: int) -> None:
        """Send as many bytes as all."""
        words = event(self.seat.room, number, self._numbering.client_id(number)).decode().replace('"', "'")
        self.write(msgspec.json.encode({"message": words}))


class SocketIoClient(Client):
    """Of Socket.IO, without polling before."""

    def path(self) -> str:
        """The room is a parameter."""
        return f"{engine_io.PATH}&room={self.seat.room}"

    def say(self, number: int) -> None:
        """Emit an event whose argument is an object."""
        words = event(self.seat.room, number, self._numbering.client_id(number))
        self.write(engine_io.event("message", words))

    def greeted(self) -> None:
        """Nothing before the server opens."""

    def attend(self, text: bytes) -> None:
        """Connect, and answer pings."""
        match engine_io.kind(text):
            case Packet.OPEN:
                self.write(engine_io.CONNECT)
            case Packet.PING:
                self.write(engine_io.PONG)
            case Packet.CONNECTED:
                self.join()


class CollabClient(Client):
    """Of the whole site, as docs/protocol.md asks: hello, then a ping each heartbeat."""

    def __init__(self, seat: Seat, numbering: Numbering) -> None:
        super().__init__(seat, numbering)
        self._id = 0
        self._heartbeat = 0
        self._room = seat.room
        self._timer: asyncio.TimerHandle | None = None

    def path(self) -> str:
        """One for all rooms."""
        return "/ws/"

    def headers(self, url: str) -> Mapping[str, str]:
        """Signed in."""
        session = f"sessionid={self.seat.session}"
        return {"Origin": url, "Cookie": session, "Sec-WebSocket-Protocol": "collab.v1"}

    def greeted(self) -> None:
        """Say hello; the answer is awaited."""
        self._command("hello", positions={})

    def say(self, number: int) -> None:
        """Post; the server makes the event."""
        self._command("post", room=self._room, client_id=self._numbering.client_id(number), text=TEXT)

    def attend(self, text: bytes) -> None:
        """Begin to ping with the welcome; all is there once caught up."""
        if b'"type":"welcome"' in text:
            self._take_welcome(msgspec.json.decode(text))
        elif b'"type":"caught_up"' in text:
            self.join()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Ping no more."""
        super().on_ws_disconnected(transport)
        if self._timer is not None:
            self._timer.cancel()

    def _take_welcome(self, welcome: dict[str, Any]) -> None:
        # The workspace's general room is its first, and so has the lowest id.
        self._room = self.seat.room or min(each["room"] for each in welcome["rooms"])
        self._heartbeat = welcome["heartbeat"]
        # Spread by the id of the socket's object: any spread does.
        self._ping_in(id(self) // 64 % 1_000 / 1_000 * self._heartbeat)

    def _ping_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ping)

    def _ping(self) -> None:
        self._command("ping", positions={})
        self._ping_in(self._heartbeat)

    def _command(self, kind: str, **fields: object) -> None:
        self._id += 1
        self.write(msgspec.json.encode({"type": kind, "id": self._id, **fields}))


DIALECTS: Mapping[str, Callable[[Seat, Numbering], Client]] = {
    "bare": Client,
    "tutorial": TutorialClient,
    "socketio": SocketIoClient,
    "collab": CollabClient,
}
