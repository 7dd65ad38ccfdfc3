"""Daphne's protocol of a WebSocket, tuned. Imported where the reactor is chosen already."""

from collections.abc import Callable
from typing import Any

from autobahn.websocket import protocol
from autobahn.websocket.protocol import TrafficStats
from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.protocol import connectionDone

from collab.live.inbox import Inbox
from collab.live.whole_frames import ReadsWholeFrames

# At each connection autobahn makes a text of all its options for a log that nobody reads: 7 % of what arriving costs.
setattr(protocol, "pformat", str)  # noqa: B010 — typed as its own.

#: Counts the bytes of all sockets: autobahn has each count its own, and nobody asks.
NOBODYS: Any = TrafficStats()  # type: ignore[no-untyped-call]

#: Frames of one socket that may wait for its application, and seconds between two looks whether they have gone.
MOST_UNREAD = 64
LOOK_AGAIN = 0.02


class TunedProtocol(ReadsWholeFrames, WebSocketProtocol):  # type: ignore[misc, unused-ignore]
    """A socket that reads no more while its application is behind: the kernel and the other side hold the rest."""

    is_paused = False

    def dataReceived(self, data: bytes) -> None:
        """Read what came. autobahn makes two texts of it first, for a log that nobody reads."""
        self._dataReceived(data)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 — autobahn's names.
        """Hand a frame to the application."""
        super().onMessage(payload, isBinary)
        if not self.is_paused and self.application_queue.qsize() > MOST_UNREAD:
            self.is_paused = True
            self.transport.pauseProducing()
            call_later(LOOK_AGAIN, self._go_on)

    def serverAccept(self, subprotocol: str | None = None) -> None:  # noqa: N802
        """Answer the handshake, and forget what it said: 3 KiB, which nobody asks for again."""
        super().serverAccept(subprotocol)
        self.server.admission.end(self)
        self.clean_headers.clear()
        self.request.headers = {}
        self.http_headers: dict[str, str] = {}
        self.trafficStats = NOBODYS

    def serverReject(self) -> None:  # noqa: N802
        """Refuse it."""
        super().serverReject()
        self.server.admission.end(self)

    def turn_away(self) -> Inbox:
        """Refuse the handshake, so that a proxy tries the next node; where the one who asked has no proxy, they do."""
        call_later(0, self._deny)
        return Inbox()

    def _deny(self) -> None:
        if hasattr(self, "handshake_deferred"):
            refusal = ConnectionDeny(503, "This node takes nobody in")  # type: ignore[no-untyped-call]
            self.handshake_deferred.errback(refusal)
            del self.handshake_deferred
            self.server.protocol_disconnected(self)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        """Free what holds the connection: its own word that it is closed, of which it is itself the result."""
        super().connectionLost(reason)
        self.is_closed.result = None
        if hasattr(self, "server"):
            self.server.admission.end(self)

    def _go_on(self) -> None:
        if not self.transport.connected:
            # Its application may have gone without reading: nothing must wait for that.
            return
        if self.application_queue.qsize() > MOST_UNREAD // 2:
            call_later(LOOK_AGAIN, self._go_on)
        else:
            self.is_paused = False
            self.transport.resumeProducing()


def call_later(seconds: float, call: Callable[..., object], *arguments: object) -> None:
    """Twisted's timer; its reactor is made at import, and typed as a module."""
    timer: Any = reactor
    timer.callLater(seconds, call, *arguments)
