"""What is said on a socket, as far as a page reads it (docs/protocol.md)."""

import msgspec
from picows import WSFrame, WSMsgType, WSTransport

from bench.faults.frames import Frame
from bench.faults.wire import Wire


class Who(msgspec.Struct):
    """A person."""

    id: int


class Told(Frame):
    """Of any frame of the server's, what a page keeps."""

    actor: Who | None = None
    person: Who | None = None
    #: Of a refusal words; else `about`.
    message: int | str = 0
    author: int | None = None
    text: str = ""
    mentions: tuple[int, ...] = ()
    mentions_room: bool = False
    deleted: bool = False
    emoji: str = ""
    name: str = ""
    topic: str = ""
    position: int = 0

    @property
    def about(self) -> int:
        """Seq of the message that it is about; 0: none."""
        return self.message if isinstance(self.message, int) else 0

    @property
    def by(self) -> int:
        """Id of who did it; 0: an account that is gone."""
        return self.actor.id if self.actor else 0

    @property
    def whom(self) -> int:
        """Id of whom it is about; 0: nobody."""
        return self.person.id if self.person else 0


read = msgspec.json.Decoder(Told).decode


class ToldWire(Wire):
    """One WebSocket whose frames are read in full."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Something came."""
        if frame.msg_type == WSMsgType.TEXT:
            self._socket.hear(self, read(frame.get_payload_as_memoryview()))
        else:
            super().on_ws_frame(transport, frame)
