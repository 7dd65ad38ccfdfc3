"""The servers that are measured: what they are, and how much each is asked."""

from collections.abc import Mapping

import msgspec


class Peer(msgspec.Struct, frozen=True):
    """A server.

    Args:
        title: in tables.
        dialect: how it is spoken to.
        bears: deliveries a second that it is asked at most; 0: as many as all.
        target: what the cost of Collab bare may be at most, by this one's cost; 0: nothing was promised.
    """

    title: str
    dialect: str = "bare"
    bears: int = 0
    target: float = 0.0

    def deliveries(self, asked: float) -> float:
        """Deliveries a second, of those that all are asked."""
        return min(asked, self.bears) if self.bears else asked


BARE, WHOLE = "bare", "whole"
#: Whoever loses something here makes the run red.
OURS = (BARE, WHOLE)

PEERS: Mapping[str, Peer] = {
    BARE: Peer("Collab, fan-out only"),
    "nchan": Peer("nchan on NGINX (memory store)", target=1.6),
    "ws": Peer("ws + Redis, Node"),
    "socketio": Peer("Socket.IO + Redis adapter, Node", dialect="socketio", target=0.8),
    # At 5,000 deliveries a second a third never came in time.
    "tutorial": Peer("Channels' tutorial, Daphne", dialect="tutorial", bears=2_000, target=0.08),
    WHOLE: Peer("Collab, the whole site", dialect="collab"),
}
