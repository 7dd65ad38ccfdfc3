"""Engine.IO 4 and Socket.IO 5 over a WebSocket, as far as a client needs them that only sends and hears events.

A packet is a digit for its Engine.IO type and, in a message, another for its Socket.IO type; then JSON. The server
pings, and closes a client that does not answer.
"""

import enum

PATH = "/socket.io/?EIO=4&transport=websocket"


class Packet(enum.Enum):
    """What may come from the server."""

    OPEN = b"0"
    PING = b"2"
    CONNECTED = b"40"
    REFUSED = b"44"
    EVENT = b"42"
    OTHER = b""


CONNECT = b"40"
PONG = b"3"
_BY_HEAD = sorted((kind for kind in Packet if kind.value), key=lambda kind: -len(kind.value))


def kind(packet: bytes) -> Packet:
    """What a packet is; namespaces, acknowledgements and binary events are other."""
    return next((each for each in _BY_HEAD if packet.startswith(each.value)), Packet.OTHER)


def event(name: str, argument: bytes) -> bytes:
    """An event with one argument, which is JSON already."""
    return b'42["%s",%s]' % (name.encode(), argument)
