"""Whoever has a socket, and where they are told that it is."""

from enum import Enum
from typing import Protocol

from bench.faults.frames import Frame


class State(Enum):
    """Where a socket is."""

    IDLE = "idle"
    CONNECTING = "connecting"
    GREETING = "greeting"
    CATCHING_UP = "catching up"
    LIVE = "live"
    LOST = "lost"
    STOPPED = "stopped"


class Owner(Protocol):
    """Whose socket it is."""

    def positions(self) -> dict[str, int]:
        """Seq shown, by room."""

    def on_frame(self, frame: Frame) -> None:
        """A frame came."""

    def on_state(self, state: State) -> None:
        """The socket is somewhere else now."""

    def on_close(self, code: int) -> None:
        """The other side, or the network, ended a connection."""
