"""What goes out on sockets: encoded once a process, the same bytes to each."""

from functools import cached_property

#: RFC 6455, section 5.2: a final text frame; the length follows in 7, 16 or 64 bits, unmasked by a server.
FINAL_TEXT = 0x81
SHORT, MEDIUM = 125, 0xFFFF


class Frame:
    """One text message to any number of sockets.

    Args:
        payload: the message, JSON in UTF-8.
    """

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    @cached_property
    def text(self) -> str:
        """The payload as ASGI's `websocket.send` takes it."""
        return self.payload.decode()

    @cached_property
    def wire(self) -> bytes:
        """The whole WebSocket frame, ready to be written to a transport."""
        size = len(self.payload)
        if size <= SHORT:
            head = bytes((FINAL_TEXT, size))
        elif size <= MEDIUM:
            head = bytes((FINAL_TEXT, 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((FINAL_TEXT, 127)) + size.to_bytes(8, "big")
        return head + self.payload
