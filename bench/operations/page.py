"""What a page keeps of all rooms: made from the frames of its socket, each room's events through a gate."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from bench.faults.frames import Frame
from bench.faults.gate import Gate
from bench.operations.cast import Seat
from bench.operations.room import LiveRoom, Message
from bench.operations.told import Told

Messages = list[tuple[int, Message]]


class Sources(Protocol):
    """Where a page is loaded from."""

    def names(self, room: int) -> tuple[str | None, str | None]:
        """Name and topic of a room as it was made, for a page that is opened with it."""

    def load(self, seat: Seat, room: int) -> Awaitable[Messages]:
        """A room's newest messages, by the API."""

    def wants_page(self) -> bool:
        """Whether whoever came into a room looks at what was said there before."""


class Page:
    """One.

    Args:
        sources: where it is loaded from.
        fetch: has a room's events after a seq sent again.
        shown: is called with the room, after each event that was applied.
    """

    def __init__(
        self, seat: Seat, sources: Sources, fetch: Callable[[int, int], None], shown: Callable[[int], None]
    ) -> None:
        self.rooms: dict[int, LiveRoom] = {}
        self.gates: dict[int, Gate] = {}
        self._seat, self._sources, self._fetch, self._shown = seat, sources, fetch, shown
        self._loading: set[asyncio.Task[None]] = set()
        self._is_new = True

    @property
    def mine(self) -> dict[int, LiveRoom]:
        """The rooms that the person is in, as far as the page knows."""
        return {room: live for room, live in self.rooms.items() if not live.is_parted}

    @property
    def is_loading(self) -> bool:
        """A room is loaded anew."""
        return bool(self._loading)

    def shown(self) -> dict[int, int]:
        """By room that the person is in, the seq that is shown."""
        return {room: self.gates[room].shown for room in self.mine}

    def take(self, frame: Told) -> None:
        """An event for its gate, or what moves these or the page."""
        if frame.seq is not None:
            if frame.room in self.gates:
                self.gates[frame.room].offer(frame)
        elif (mind := SIGNALS.get(frame.type)) is not None:
            mind(self, frame)

    def lost(self) -> None:
        """The socket is gone: what is missing comes with the next hello."""
        for gate in self.gates.values():
            gate.lost()

    def close(self) -> None:
        """Load nothing more."""
        self.lost()
        for task in list(self._loading):
            task.cancel()

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
                self._open(LiveRoom(state, self._seat.person, *self._sources.names(room)))
            else:
                self._come_into(LiveRoom(state, self._seat.person))
        self._is_new = False

    def added(self, frame: Told) -> None:
        """One is in a room."""
        assert frame.state is not None
        known = self.rooms.get(frame.state.room)
        if known is not None and not known.is_parted:
            known.let_in(frame.state)
            # Told twice, or late: what the page knows already is not counted back.
            if frame.state.head > known.count.head:
                known.stands(frame.state)
                self.gates[frame.state.room].expect(frame.state.head)
        else:
            self._come_into(LiveRoom(frame.state, self._seat.person))

    def removed(self, frame: Told) -> None:
        """One is in it no longer; or it is late, and one has come back."""
        if frame.room in self.rooms and frame.head > self.rooms[frame.room].since:
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
        self.gates[room.room] = Gate(room.count.head, self._apply, lambda after: self._fetch(room.room, after))

    def _close(self, room: int) -> None:
        self.rooms.pop(room, None)
        gate = self.gates.pop(room, None)
        if gate is not None:
            gate.lost()

    def _come_into(self, room: LiveRoom) -> None:
        self._open(room)
        if self._sources.wants_page():
            self._load(room, room.count.head)

    def _load(self, room: LiveRoom, head: int) -> None:
        room.load(head)
        task = asyncio.get_running_loop().create_task(self._fill(room))
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)

    async def _fill(self, room: LiveRoom) -> None:
        room.loaded(await self._sources.load(self._seat, room.room))

    def _apply(self, frame: Frame) -> None:
        assert isinstance(frame, Told)
        self.rooms[frame.room].apply(frame)
        self._shown(frame.room)


SIGNALS: dict[str, Callable[[Page, Told], None]] = {
    "welcome": Page.welcomed,
    "room_added": Page.added,
    "room_removed": Page.removed,
    "reload": Page.reloads,
    "heads": Page.compares,
    "read_to": Page.reads,
}
