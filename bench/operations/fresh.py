"""The site's own word on how things stand: new sockets, the API, PostgreSQL; none of them saw what happened live."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from picows import WSMsgType, ws_connect

from bench.errors import CannotMeasure
from bench.faults import frames
from bench.faults.frames import Frame, State
from bench.faults.lab import Lab
from bench.faults.wire import Wire
from bench.operations.account import Entry
from bench.operations.cast import Cast, Seat
from bench.operations.doors import Doors
from bench.operations.room import WINDOW, Message
from bench.operations.told import ToldWire

#: Seconds for a welcome; new sockets at a time.
PATIENCE = 30.0
AT_A_TIME = 16

LOG = """
SELECT event.room_id, event.seq, event.type, coalesce(event.actor_id, 0), event.data
FROM rooms_event AS event JOIN unnest(%s::bigint[], %s::bigint[]) AS start (room_id, head) USING (room_id)
WHERE event.seq > start.head ORDER BY event.room_id, event.seq
"""
HEADS = "SELECT id, head FROM rooms_room WHERE id = ANY(%s)"
PEOPLE = "SELECT room_id, user_id, position FROM rooms_roommembership WHERE room_id = ANY(%s)"


@dataclass(slots=True)
class FreshRoom:
    """A room. `people` are those in it, with how far they have read; `messages` are all after seq `base`."""

    head: int
    people: dict[int, int] = field(default_factory=dict)
    name: str | None = None
    topic: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    base: int = 0


@dataclass(slots=True)
class Fresh:
    """Everything. `states` by person and room, of a new welcome."""

    rooms: dict[int, FreshRoom]
    states: dict[int, dict[int, State]] = field(default_factory=dict)


class Greeting:
    """A new socket, until its welcome."""

    def __init__(self) -> None:
        self.states: asyncio.Future[dict[int, State]] = asyncio.get_running_loop().create_future()

    def hear(self, _: Wire, frame: Frame) -> None:
        """A frame came."""
        if frame.type == "welcome" and not self.states.done():
            self.states.set_result({state.room: state for state in frame.rooms})

    def closed(self, _: Wire, code: int) -> None:
        """It ended."""
        if not self.states.done():
            self.states.set_exception(CannotMeasure(f"a new socket was closed with {code} before its welcome."))


class Source:
    """Asks for it.

    Args:
        nodes: addresses for new sockets.
    """

    def __init__(self, lab: Lab, cast: Cast, doors: Doors, nodes: Sequence[str]) -> None:
        self._lab, self._cast, self._doors, self._nodes = lab, cast, doors, nodes
        self._rooms = [place.room for place in cast.places]
        self._seats = {seat.person: seat for seat in cast.seats}

    async def heads(self) -> dict[int, int]:
        """Where each room's log stands."""
        return dict(await self._lab.ask(HEADS, self._rooms))

    async def log(self, heads: dict[int, int]) -> list[Entry]:
        """What was written since."""
        return [Entry(*row) for row in await self._lab.ask(LOG, list(heads), list(heads.values()))]

    async def people(self) -> dict[int, dict[int, int]]:
        """By room, who is in it and how far they have read."""
        people: dict[int, dict[int, int]] = {room: {} for room in self._rooms}
        for room, person, position in await self._lab.ask(PEOPLE, self._rooms):
            people[room][person] = position
        return people

    async def everything(self) -> Fresh:
        """How things stand; nothing may happen meanwhile."""
        heads, people = await self.heads(), await self.people()
        rooms = {room: FreshRoom(head, people[room]) for room, head in heads.items()}
        await asyncio.gather(*(self._load(room, each) for room, each in rooms.items() if each.people))
        gate = asyncio.Semaphore(AT_A_TIME)
        seats = self._cast.seats
        states = await asyncio.gather(*(self._greet(number, seat, gate) for number, seat in enumerate(seats)))
        return Fresh(rooms, {seat.person: each for seat, each in zip(seats, states, strict=True)})

    async def _load(self, room: int, fresh: FreshRoom) -> None:
        """What the API says of a room, asked by one of its people; its newest messages, as many as a page keeps."""
        asked = self._seats[sorted(fresh.people)[room % len(fresh.people)]]
        shape = await self._doors.room(asked, room)
        if shape is not None and shape.head == fresh.head:
            fresh.name, fresh.topic = shape.name, shape.topic
        before: int | None = None
        found: dict[int, Message] = {}
        while (page := await self._doors.messages(asked, room, before)) is not None:
            found |= {each.seq: each.as_shown() for each in page.messages}
            before = min(found, default=None)
            if not page.older or len(found) >= WINDOW:
                fresh.base = before - 1 if page.older and before else 0
                break
        fresh.messages = dict(sorted(found.items()))

    async def _greet(self, number: int, seat: Seat, gate: asyncio.Semaphore) -> dict[int, State]:
        async with gate:
            greeting = Greeting()
            wire = ToldWire(greeting)
            headers = {
                "Origin": self._lab.url,
                "Cookie": f"sessionid={seat.session}",
                "Sec-WebSocket-Protocol": "collab.v1",
            }
            address = self._nodes[number % len(self._nodes)].replace("http", "ws", 1) + "/ws/"
            await ws_connect(lambda: wire, address, extra_headers=headers)
            assert wire.transport is not None
            wire.transport.send(WSMsgType.TEXT, frames.command("hello", 1))
            try:
                return await asyncio.wait_for(greeting.states, PATIENCE)
            finally:
                wire.transport.disconnect()
