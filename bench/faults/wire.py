"""One WebSocket on the wire, from its handshake to its end."""

from typing import Any, Protocol

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.faults import frames
from bench.faults.frames import Frame

#: The code of a connection that just ended.
LOST = 1006


class Hearer(Protocol):
    """Whoever opened it."""

    def hear(self, wire: "Wire", frame: Frame) -> None:
        """A frame came."""

    def closed(self, wire: "Wire", code: int) -> None:
        """It ended."""


class Wire(WSListener):  # type: ignore[misc, unused-ignore]  # a class of C, with or without types.
    """One WebSocket, until it ends."""

    is_closing = False

    def __init__(self, socket: Hearer) -> None:
        self._socket = socket
        self._code = LOST
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self.transport = transport

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        """Something came."""
        if frame.msg_type == WSMsgType.TEXT:
            self._socket.hear(self, frames.read(frame.get_payload_as_memoryview()))
        elif frame.msg_type == WSMsgType.CLOSE:
            # A code that picows does not know comes as a plain number.
            code: Any = frame.get_close_code()
            self._code = int(getattr(code, "value", code))
            # As browsers do: a close is answered, and it is the server that hangs up.
            self.close()

    def close(self) -> None:
        """Say the close, once."""
        if not self.is_closing and self.transport is not None:
            self.is_closing = True
            self.transport.send_close()

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The connection is gone."""
        self._socket.closed(self, self._code)
