"""Twisted's connections on uvloop, which tells of a reset once and then watches the connection no more.

What was sent before the reset is read first, so that one time the connection still looks well: Twisted would take it
for open for good, and the next write would raise (twisted/twisted#11904, MagicStack/uvloop#552).
"""

import socket
from typing import Any

from twisted.internet import main, tcp, unix
from twisted.python.failure import Failure

LOST: Any = Failure(main.CONNECTION_LOST)  # type: ignore[no-untyped-call]


class NoticesReset:
    """Looks for a reset behind what it reads."""

    connected: bool
    reactor: Any
    socket: socket.socket

    def doRead(self) -> Exception | None:  # noqa: N802 — Twisted's name.
        """Read, and return why the connection is lost, if it is."""
        why: Exception | None = super().doRead()  # type: ignore[misc]
        if why is None and self.connected and self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return main.CONNECTION_LOST
        return why

    def startWriting(self) -> None:  # noqa: N802
        """Have the reactor write what waits; where uvloop watches no more, whatever it was that took the error."""
        try:
            super().startWriting()  # type: ignore[misc]
        except RuntimeError:
            self.reactor.callLater(0, self.connectionLost, LOST)  # type: ignore[attr-defined]


class TcpConnection(NoticesReset, tcp.Server):  # type: ignore[misc]  # typed in parts only.
    """Over TCP."""


class UnixConnection(NoticesReset, unix.Server):  # type: ignore[misc]
    """Over a unix socket."""


def install(accept_at_once: int) -> None:
    """Have all ports that listen from now on make these, of so many accepted at a time at the most.

    Twisted accepts up to a hundred, and more where more came the last time: before any of them has said what it wants.
    """
    bound: Any = property(lambda port: accept_at_once, lambda port, number: None)
    tcp.Port.numberAccepts = bound
    tcp.Port.transport = TcpConnection
    unix.Port.transport = UnixConnection
