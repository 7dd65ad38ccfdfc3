"""Somebody who has no socket: asks by HTTP every so often what is new in their room, over one connection."""

import asyncio
import time
from urllib.parse import urlsplit

import msgspec

from bench.connection import Connection
from bench.errors import CannotMeasure
from bench.journal import Journal
from bench.plan import Seat


class Event(msgspec.Struct):
    """Of an event of the log, what is of interest."""

    seq: int
    client_id: str = ""


class Answer(msgspec.Struct):
    """What /api/v1/rooms/…/events/ answers."""

    events: list[Event]
    head: int


_read = msgspec.json.Decoder(Answer).decode


class Poller:
    """One.

    Args:
        number: index of the seat.
        url: where they come in.
        origin: the site's, for its name.
    """

    def __init__(self, number: int, seat: Seat, url: str, origin: str, journal: Journal) -> None:
        self.seat = seat
        self.positions: dict[str, int] = {}
        self._number, self._journal = number, journal
        place = urlsplit(url)
        self._connection = Connection(
            place.hostname or "",
            place.port or 80,
            {"Host": urlsplit(origin).netloc, "Cookie": f"sessionid={seat.session}"},
        )
        self._asking: asyncio.Task[None] | None = None

    async def start(self, every: float, phase: float) -> None:
        """Look where the room stands, and ask from then on. `phase`: where in the interval, 0 to 1."""
        await asyncio.sleep(phase * every)
        self.positions[str(self.seat.room)] = (await self._ask(0)).head
        self._asking = asyncio.create_task(self._go_on(every))

    def leave(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
        self._connection.close()

    async def _go_on(self, every: float) -> None:
        due = time.monotonic()
        while True:
            due += every
            late = time.monotonic() - due
            if late > 0:
                # A page that has had no answer yet does not ask again.
                left_out = int(late // every) + 1
                self._journal.polls_left_out += left_out
                due += left_out * every
            await asyncio.sleep(due - time.monotonic())
            await self._look()

    async def _look(self) -> None:
        room = self.seat.room
        try:
            answer = await self._ask(self.positions[str(room)])
        except CannotMeasure:
            # The site may refuse or be late; what was missed comes with the next answer, or is found lost.
            self._journal.polls_left_out += 1
            return
        at = time.monotonic_ns()
        self._journal.polls += 1
        for event in answer.events:
            self._journal.screens.add(self._number, room, event.seq, event.client_id, at)
            self.positions[str(room)] = event.seq

    async def _ask(self, after: int) -> Answer:
        status, body = await self._connection.get(f"/api/v1/rooms/{self.seat.room}/events/?after={after}")
        if status != 200:
            raise CannotMeasure(f"the site answered a poll with {status}.")
        return _read(body)
