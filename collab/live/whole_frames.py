"""Whole frames from a socket, at once: nearly all that browsers send is one small text frame at a time.

autobahn reads a frame in a dozen steps that allow for pieces, compression and other kinds; whatever is not a whole,
final, masked text frame (RFC 6455, section 5.2) at the beginning of what came is left to it, broken ones too.
"""

from typing import Any

from collab.live.frames import FINAL_TEXT, SHORT

MASKED = 0x80
#: The length that says that the real one follows in 16 bits.
IN_16_BITS = 126


class ReadsWholeFrames:
    """Goes before autobahn's protocol; bytes are taken here only while that waits for the beginning of a message."""

    def _dataReceived(self: Any, data: bytes) -> None:  # noqa: N802 — autobahn's name.
        rest = data if self.data else self._take_whole(data)
        if rest:
            super()._dataReceived(rest)  # type: ignore[misc]  # of the class that this one stands before.

    def _take_whole(self: Any, data: bytes) -> bytes:
        """Hand on the whole frames that it begins with; the rest."""
        while self._awaits_message() and (frame := whole_text_frame(data, self.maxFramePayloadSize)) is not None:
            payload, size = frame
            try:
                self.onMessage(payload, False)
            except UnicodeDecodeError:
                # autobahn tells the other side, and hangs up.
                break
            data = data[size:]
        return data

    def _awaits_message(self: Any) -> bool:
        return (
            self.state == self.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            # It is to take note that something came.
            and self.autoPingTimeoutCall is None
        )


def whole_text_frame(data: bytes, most: int) -> tuple[bytes, int] | None:
    """The payload of the text frame that the data begin with, and the frame's size; None where there is no such whole.

    Args:
        data: bytes of a socket, from the beginning of a frame.
        most: bytes that a payload may have; 0: as many as it likes.
    """
    if len(data) < 6 or data[0] != FINAL_TEXT or not data[1] & MASKED:
        return None
    length, head = data[1] ^ MASKED, 2
    if length == IN_16_BITS:
        length, head = int.from_bytes(data[2:4], "big"), 4
        if length <= SHORT:
            return None
    elif length > SHORT:
        return None
    end = head + 4 + length
    if len(data) < end or (most and length > most):
        return None
    return unmasked(data[head : head + 4], data[head + 4 : end]), end


def unmasked(mask: bytes, payload: bytes) -> bytes:
    """The payload, each byte xor the mask's in turn; all at once, as two long numbers."""
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")
