"""What the kernel knows of a connection, whether or not anybody reads it."""

import socket
import struct
from typing import Any

ESTABLISHED = 1


def stands(transport: Any) -> bool:
    """The other side has neither closed nor reset the connection of an asyncio transport. On Linux."""
    end = transport.get_extra_info("socket")
    if end.fileno() < 0:
        return False
    return bool(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED)


def reset(transport: Any) -> None:
    """Tear the connection of an asyncio transport: what is unsent is dropped, and the other side gets a reset."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def narrow(size: int) -> socket.socket:
    """A socket, not yet connected, for which the kernel takes in little that is not read."""
    made = socket.socket()
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    return made
