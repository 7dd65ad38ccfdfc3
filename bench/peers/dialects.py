"""How each server is spoken to."""

import asyncio
from collections.abc import Callable, Collection, Mapping

import msgspec
from picows import WSTransport

from bench.confirming import Confirming
from bench.faults import frames
from bench.peers import engine_io
from bench.peers.client import Client
from bench.peers.engine_io import Packet
from bench.peers.job import Seat
from bench.peers.payload import TEXT, Numbering, event


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
    """Of the whole site, as docs/protocol.md asks: hello, a ping each heartbeat, and what came is confirmed."""

    def __init__(self, seat: Seat, numbering: Numbering) -> None:
        super().__init__(seat, numbering)
        self._id = 0
        self._heartbeat = 0.0
        self._room = seat.room
        self._timer: asyncio.TimerHandle | None = None
        self._positions: dict[str, int] = {}
        #: The newest message, which is only read where somebody asks how far this is.
        self._newest = b""
        self._confirming = Confirming(self._confirm, self._ask)

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
        self._confirming.heard()
        if b'"type":"welcome"' in text:
            self._take_welcome(frames.read(text))
        elif b'"type":"caught_up"' in text:
            self.join()

    def hear(self, text: bytes) -> None:
        """Confirm it soon."""
        self._newest = text
        self._confirming.heard()
        self._confirming.soon(str(self._room))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Ping no more."""
        super().on_ws_disconnected(transport)
        self._confirming.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _take_welcome(self, welcome: frames.Frame) -> None:
        # The workspace's general room is its first, and so has the lowest id.
        self._room = self.seat.room or min(each.room for each in welcome.rooms)
        self._heartbeat = welcome.heartbeat
        self._positions = {str(each.room): each.head for each in welcome.rooms}
        # Spread by the id of the socket's object: any spread does.
        self._ping_in(id(self) // 64 % 1_000 / 1_000 * self._heartbeat)

    def _ping_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ping)

    def _ping(self) -> None:
        self._command("ping", positions=self._shown())
        self._ping_in(self._heartbeat)

    def _ask(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._ping()

    def _confirm(self, rooms: Collection[str]) -> None:
        shown = self._shown()
        self._command("confirm", positions={room: shown[room] for room in rooms})

    def _shown(self) -> dict[str, int]:
        if self._newest:
            newest = frames.read(self._newest)
            self._positions[str(newest.room)] = newest.seq or 0
        return self._positions

    def _command(self, kind: str, **fields: object) -> None:
        self._id += 1
        self.write(frames.command(kind, self._id, **fields))


DIALECTS: Mapping[str, Callable[[Seat, Numbering], Client]] = {
    "bare": Client,
    "tutorial": TutorialClient,
    "socketio": SocketIoClient,
    "collab": CollabClient,
}
