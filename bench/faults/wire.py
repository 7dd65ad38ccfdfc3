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

    def __init__(self, socket: Hearer) -> None:
        self._socket = socket
        self._code = LOST
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Something came."""
        if frame.msg_type == WSMsgType.TEXT:
            self._socket.hear(self, frames.read(frame.get_payload_as_memoryview()))
        elif frame.msg_type == WSMsgType.CLOSE:
            # A code that picows does not know comes as a plain number.
            code: Any = frame.get_close_code()
            self._code = int(getattr(code, "value", code))
            # A browser answers a close, and the server then hangs up; picows leaves both to its caller.
            transport.send_close(code)
            transport.disconnect()

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The connection is gone."""
        self._socket.closed(self, self._code)
