"""What goes out on sockets: encoded once a process, the same bytes to each."""

#: RFC 6455, section 5.2: a final text frame; the length follows in 7, 16 or 64 bits, unmasked by a server.
FINAL_TEXT = 0x81
SHORT, MEDIUM = 125, 0xFFFF


class Frame:
    """One text message to any number of sockets.

    Args:
        payload: the message, JSON in UTF-8.
    """

    __slots__ = ("_text", "_wire", "payload")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        # By hand: cached_property takes a lock, and most frames go to one socket.
        self._text: str | None = None
        self._wire: bytes | None = None

    @property
    def text(self) -> str:
        """The payload as ASGI's `websocket.send` takes it."""
        if self._text is None:
            self._text = self.payload.decode()
        return self._text

    @property
    def wire(self) -> bytes:
        """The whole WebSocket frame, ready to be written to a transport."""
        if self._wire is None:
            self._wire = _head(len(self.payload)) + self.payload
        return self._wire


def _head(size: int) -> bytes:
    if size <= SHORT:
        return bytes((FINAL_TEXT, size))
    if size <= MEDIUM:
        return bytes((FINAL_TEXT, 126)) + size.to_bytes(2, "big")
    return bytes((FINAL_TEXT, 127)) + size.to_bytes(8, "big")
