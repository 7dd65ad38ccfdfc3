"""Somebody with a page open in all their rooms, who does many things at once."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from bench.faults.frames import Frame
from bench.faults.gate import Gate
from bench.faults.socket import LiveSocket, State
from bench.operations.cast import Seat
from bench.operations.operation import Operation
from bench.operations.room import LiveRoom, Message
from bench.operations.told import Told, ToldWire
from bench.operations.unanswered import Unanswered

Page = list[tuple[int, Message]]


class Surroundings(Protocol):
    """What a client is told by, and tells."""

    def names(self, room: int) -> tuple[str | None, str | None]:
        """Name and topic of a room as it was made, for a page that is opened with it."""

    def load(self, seat: Seat, room: int) -> Awaitable[Page]:
        """A room's newest messages, by the API."""

    def wants_page(self) -> bool:
        """Whether whoever came into a room looks at what was said there before."""

    def next(self, client: "Client") -> Operation | None:
        """What the client does next; None: nothing for now."""

    def done(self, operation: Operation) -> None:
        """A command has its reply."""


class ClientSocket(LiveSocket):
    """Reads frames in full."""

    wire = ToldWire


class Client:
    """Socket, gates, rooms and commands of one person.

    Args:
        url: the node they come in by.
        origin: the site's address.
        depth: commands that may be under way.
        lot: decides how long to wait before coming back.
    """

    def __init__(self, seat: Seat, url: str, origin: str, depth: int, lot: random.Random, around: Surroundings) -> None:
        self.seat = seat
        self.rooms: dict[int, LiveRoom] = {}
        self.gates: dict[int, Gate] = {}
        self.closes: Counter[int] = Counter()
        self.heard = 0
        self.socket = ClientSocket(url, origin, seat.session, self, lot)
        self.unanswered = Unanswered(self._send, self._done)
        self._depth = depth
        self._around = around
        self._loading: set[asyncio.Task[None]] = set()
        self._is_new = True

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
        return self.is_live and not self.unanswered and not self._loading

    @property
    def mine(self) -> dict[int, LiveRoom]:
        """The rooms that the person is in, as far as their page knows."""
        return {room: page for room, page in self.rooms.items() if not page.is_parted}

    def shown(self) -> dict[int, int]:
        """By room, the seq that is shown."""
        return {room: self.gates[room].shown for room in self.mine}

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
        for task in list(self._loading):
            task.cancel()

    # --- for the socket ----------------------------------------------------------------------------

    def positions(self) -> dict[str, int]:
        """Seq shown, by room."""
        return {str(room): gate.shown for room, gate in self.gates.items()}

    def on_state(self, state: State) -> None:
        """The socket came or went."""
        if state in {State.LOST, State.STOPPED, State.IDLE}:
            for gate in self.gates.values():
                gate.lost()
        elif state is State.LIVE:
            self.unanswered.live()
            self.go_on()

    def on_close(self, code: int) -> None:
        """The socket ended."""
        self.closes[code] += 1

    def on_frame(self, frame: Frame) -> None:
        """Replies to the commands, events to the gates, and whatever moves these or the page."""
        assert isinstance(frame, Told)
        if frame.type in {"ok", "error"}:
            self.unanswered.settle(frame)
        elif frame.seq is not None:
            if frame.room in self.gates:
                self.gates[frame.room].offer(frame)
        elif (mind := SIGNALS.get(frame.type)) is not None:
            mind(self, frame)

    # --- signals -----------------------------------------------------------------------------------

    def welcomed(self, frame: Told) -> None:
        """The server says where all rooms stand."""
        states = {state.room: state for state in frame.rooms}
        for room in self.rooms.keys() - states.keys():
            self._close(room)
        for room, state in states.items():
            if room in self.rooms:
                self.rooms[room].stands(state)
            elif self._is_new:
                self._open(LiveRoom(state, self.me, *self._around.names(room)))
            else:
                self._come_into(LiveRoom(state, self.me))
        self._is_new = False

    def added(self, frame: Told) -> None:
        """One is in a room."""
        assert frame.state is not None
        known = self.rooms.get(frame.state.room)
        if known is not None and not known.is_parted:
            known.stands(frame.state)
            self.gates[frame.state.room].expect(frame.state.head)
        else:
            self._come_into(LiveRoom(frame.state, self.me))

    def removed(self, frame: Told) -> None:
        """One is in it no longer."""
        self._close(frame.room)

    def reloads(self, frame: Told) -> None:
        """More was missed than is sent again."""
        if frame.room in self.rooms:
            self.gates[frame.room].jump(frame.head)
            self._load(self.rooms[frame.room], frame.head)

    def compares(self, frame: Told) -> None:
        """The server says how far the rooms have got."""
        for room in frame.heads.keys() & self.gates.keys():
            self.gates[room].expect(frame.heads[room])

    def reads(self, frame: Told) -> None:
        """Somebody has read a room up to a seq."""
        if frame.room in self.rooms:
            self.rooms[frame.room].has_read(frame.whom, frame.position)

    # --- inside ------------------------------------------------------------------------------------

    def _open(self, room: LiveRoom) -> None:
        self._close(room.room)
        self.rooms[room.room] = room
        self.gates[room.room] = Gate(room.count.head, self._shown, lambda after: self._fetch(room.room, after))

    def _close(self, room: int) -> None:
        self.rooms.pop(room, None)
        gate = self.gates.pop(room, None)
        if gate is not None:
            gate.lost()

    def _come_into(self, room: LiveRoom) -> None:
        self._open(room)
        if self._around.wants_page():
            self._load(room, room.count.head)

    def _load(self, room: LiveRoom, head: int) -> None:
        room.load(head)
        task = asyncio.get_running_loop().create_task(self._fill(room))
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)

    async def _fill(self, room: LiveRoom) -> None:
        room.loaded(await self._around.load(self.seat, room.room))

    def _fetch(self, room: int, after: int) -> None:
        self.socket.send("fetch", 0, room=room, after=after)

    def _shown(self, frame: Frame) -> None:
        assert isinstance(frame, Told)
        self.heard += 1
        self.rooms[frame.room].apply(frame)
        self.socket.confirm_soon()

    def _send(self, operation: Operation, number: int) -> bool:
        return self.is_live and self.socket.send(operation.kind, number, room=operation.room, **operation.fields)

    def _done(self, operation: Operation) -> None:
        if operation.kind == "read" and not operation.code and operation.room in self.rooms:
            self.rooms[operation.room].has_read(self.me, int(operation.fields["position"]))
        self._around.done(operation)
        self.go_on()


SIGNALS: dict[str, Callable[[Client, Told], None]] = {
    "welcome": Client.welcomed,
    "room_added": Client.added,
    "room_removed": Client.removed,
    "reload": Client.reloads,
    "heads": Client.compares,
    "read_to": Client.reads,
}
