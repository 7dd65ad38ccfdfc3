"""Somebody with a page open in all their rooms, who does many things at once."""

import random
from collections import Counter
from typing import Protocol

from bench.faults.frames import Frame
from bench.faults.owner import State
from bench.faults.socket import LiveSocket
from bench.operations.cast import Seat
from bench.operations.operation import Operation
from bench.operations.page import Page, Sources
from bench.operations.told import Told, ToldWire
from bench.operations.unanswered import Unanswered


class Surroundings(Sources, Protocol):
    """What a client is told by, and tells."""

    def next(self, client: "Client") -> Operation | None:
        """What the client does next; None: nothing for now."""

    def done(self, operation: Operation) -> None:
        """A command has its reply."""


class ClientSocket(LiveSocket):
    """Reads frames in full."""

    wire = ToldWire


class Client:
    """Socket, page and commands of one person.

    Args:
        url: the node they come in by.
        origin: the site's address.
        depth: commands that may be under way.
        lot: decides how long to wait before coming back.
    """

    def __init__(self, seat: Seat, url: str, origin: str, depth: int, lot: random.Random, around: Surroundings) -> None:
        self.seat = seat
        self.page = Page(seat, around, self._fetch, self._shown)
        self.closes: Counter[int] = Counter()
        self.heard = 0
        self.socket = ClientSocket(url, origin, seat.session, self, lot)
        self.unanswered = Unanswered(self._send, self._done)
        self._depth = depth
        self._around = around

    @property
    def me(self) -> int:
        """Id of the person."""
        return self.seat.person

    @property
    def is_live(self) -> bool:
        """Caught up, and hearing what happens."""
        return self.socket.state is State.LIVE

    @property
    def is_at_rest(self) -> bool:
        """Live, with everything answered and loaded."""
        return self.is_live and not self.unanswered and not self.page.is_loading

    def go_on(self) -> None:
        """Do something, as much at once as may be under way."""
        while self.is_live and len(self.unanswered) < self._depth:
            operation = self._around.next(self)
            if operation is None:
                break
            self.unanswered.add(operation)

    def leave(self) -> None:
        """Close the page."""
        self.socket.close()
        self.page.close()

    # --- for the socket ----------------------------------------------------------------------------

    def positions(self) -> dict[str, int]:
        """Seq shown, by room."""
        return {str(room): gate.shown for room, gate in self.page.gates.items()}

    def on_state(self, state: State) -> None:
        """The socket came or went."""
        if state in {State.LOST, State.STOPPED, State.IDLE}:
            self.page.lost()
        elif state is State.LIVE:
            self.unanswered.live()
            self.go_on()

    def on_close(self, code: int) -> None:
        """The socket ended."""
        self.closes[code] += 1

    def on_frame(self, frame: Frame) -> None:
        """Replies to the commands, all else to the page."""
        assert isinstance(frame, Told)
        if frame.type in {"ok", "error"}:
            self.unanswered.settle(frame)
        else:
            self.page.take(frame)

    # --- inside ------------------------------------------------------------------------------------

    def _fetch(self, room: int, after: int) -> None:
        self.socket.send("fetch", 0, room=room, after=after)

    def _shown(self, room: int) -> None:
        self.heard += 1
        self.socket.confirm_soon(room)

    def _send(self, operation: Operation, number: int) -> bool:
        return self.is_live and self.socket.send(operation.kind, number, room=operation.room, **operation.fields)

    def _done(self, operation: Operation) -> None:
        if operation.kind == "read" and not operation.code and operation.room in self.page.rooms:
            self.page.rooms[operation.room].has_read(self.me, int(operation.fields["position"]))
        self._around.done(operation)
        self.go_on()
