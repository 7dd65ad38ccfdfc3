"""What is said on a socket, as far as the lab's people read it (docs/protocol.md)."""

from typing import Any

import msgspec


class State(msgspec.Struct):
    """Where a room stands, and for whoever is told."""

    room: int
    head: int
    position: int = 0
    unread: int = 0
    mentions: int = 0
    direct: bool = False


class Frame(msgspec.Struct):
    """Of any frame of the server's, what is of interest."""

    type: str
    id: int | None = None
    seq: int | None = None
    room: int = 0
    head: int = 0
    client_id: str = ""
    code: str = ""
    retry_after: float | None = None
    heartbeat: float = 25.0
    delay: float = 0.0
    at: str = ""
    rooms: list[State] = []
    heads: dict[int, int] = {}
    state: State | None = None


read = msgspec.json.Decoder(Frame).decode
_encode = msgspec.json.Encoder().encode


def command(kind: str, number: int, **fields: Any) -> bytes:
    """A command as it goes out."""
    return _encode({"type": kind, "id": number, **fields})
