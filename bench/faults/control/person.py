"""Somebody with the tutorial's page open, who comes back by themselves, which the page does not.

What is said while there is no socket waits for the next one; the tutorial's page would throw it away. So what is lost
here is lost by the server, and by nobody's page.
"""

import random
import time

import msgspec
from picows import WSFrame, WSMsgType, WSTransport

from bench.checker import Heard
from bench.faults.frames import Frame
from bench.faults.history import History
from bench.faults.outbox import UNKNOWN, Answer
from bench.faults.owner import State
from bench.faults.person import Person
from bench.faults.socket import LiveSocket
from bench.faults.wire import Wire
from bench.plan import Saying, Seat


class Chat(msgspec.Struct):
    """A message of the tutorial's; here with the client id before the text."""

    message: str


_read = msgspec.json.Decoder(Chat).decode
_encode = msgspec.json.Encoder().encode


class ControlWire(Wire):
    """One WebSocket, until it ends."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Something came."""
        if frame.msg_type == WSMsgType.TEXT:
            client_id = _read(frame.get_payload_as_memoryview()).message.partition(" ")[0]
            self._socket.hear(self, Frame("chat", client_id=client_id))
        else:
            super().on_ws_frame(transport, frame)


class ControlSocket(LiveSocket):
    """Live as soon as it is open."""

    wire = ControlWire

    def path(self) -> str:
        """The room's."""
        return f"/ws/chat/{self.session}/"

    def headers(self) -> dict[str, str]:
        """Nothing special."""
        return {"Origin": self.origin}

    def hear(self, wire: Wire, frame: Frame) -> None:
        """A message came."""
        if wire is self._wire:
            self._owner.on_frame(frame)

    def say(self, text: str) -> bool:
        """Send a message; whether there was a socket to write it to."""
        if self.state is not State.LIVE or self.transport is None:
            return False
        self.transport.send(WSMsgType.TEXT, _encode(Chat(text)))
        return True

    def _greet(self) -> None:
        self._stop_timer()
        self._attempt = 0
        self._become(State.LIVE)


class ControlPerson(Person):
    """Says and hears without numbers."""

    def __init__(self, number: int, seat: Seat, origin: str, history: History, lot: random.Random) -> None:
        super().__init__(number, seat, origin, history, lot)
        self.chat = self.socket = ControlSocket(origin, origin, str(seat.room), self, lot)

    def on_frame(self, frame: Frame) -> None:
        """On the screen at once."""
        self.history.show(self.number, Heard(self.seat.room, 0, frame.client_id, time.monotonic_ns()))

    async def _post(self, saying: Saying) -> Answer:
        if not self.chat.say(f"{saying.client_id} {saying.text}"):
            return UNKNOWN
        self.history.accept(self.number, saying.client_id, 0)
        return Answer(seq=0)
