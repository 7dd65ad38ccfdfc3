"""The message that all servers carry: an event as Collab tells it, found again by its client id."""

import uuid

import msgspec

TEXT = "I moved it to Thursday; the calendar has the rest."


class Posted(msgspec.Struct, frozen=True, tag="posted"):
    """Somebody said something; 260 bytes or so of JSON."""

    room: int
    client_id: str
    seq: int
    at: str = "2026-01-01T12:00:00.000000Z"
    by: int = 4711
    text: str = TEXT
    html: str = f"<p>{TEXT}</p>"


class Numbering:
    """Client ids that hold the number of their message.

    They are valid UUIDs, none the same as in an earlier run, and are found in a frame without decoding it: what is
    slow must not be the generator.
    """

    DIGITS = 12

    def __init__(self) -> None:
        self.prefix = str(uuid.uuid4())[: -self.DIGITS]
        self._mark = self.prefix.encode()

    def client_id(self, number: int) -> str:
        """The id of a message."""
        return f"{self.prefix}{number:0{self.DIGITS}d}"

    def read(self, frame: bytes) -> int | None:
        """The number of the message that a frame carries; None where it carries none."""
        at = frame.find(self._mark)
        if at < 0:
            return None
        start = at + len(self._mark)
        return int(frame[start : start + self.DIGITS])


def event(room: int, number: int, client_id: str) -> bytes:
    """A message as JSON."""
    return msgspec.json.encode(Posted(room=room, client_id=client_id, seq=number))
