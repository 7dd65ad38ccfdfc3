"""Somebody of the load: a seat, its sockets one after the other, and what they wrote and is not answered yet."""

import asyncio
import random
import time
from collections.abc import Callable

from picows import WSTransport

from bench.errors import CannotMeasure
from bench.faults.frames import Frame
from bench.faults.socket import BASE, CAP, GREETED_WITHIN, OPENED_WITHIN
from bench.journal import Journal
from bench.orders import Absence
from bench.plan import Saying, Seat
from bench.screen import PATIENCE, Screen, connect

#: How a socket ended that its person closed.
LEFT = "left"


class Attendee:
    """One.

    Args:
        number: index of the seat.
        phase: where in the heartbeat they ping, 0 to 1.
        connect_to: the node's address and the site's origin.
    """

    def __init__(self, number: int, seat: Seat, phase: float, connect_to: tuple[str, str], journal: Journal) -> None:
        self.number, self.seat, self.journal = number, seat, journal
        self.screen: Screen | None = None
        #: By room, how far they have got: from where it stood at their first welcome.
        self.positions: dict[str, int] = {}
        self.is_live = False
        self._phase = phase
        self._url, self._origin = connect_to
        self._unanswered: dict[str, Saying] = {}
        self._comes_back = False
        self._away_since = 0
        self._returning: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open a socket and be caught up.

        Raises:
            CannotMeasure: that did not work.
        """
        began = time.monotonic_ns()
        await self._open(PATIENCE, PATIENCE)
        self.journal.arrivals.append(time.monotonic_ns() - began)

    async def _open(self, opened_within: float, greeted_within: float) -> None:
        screen = self.screen = Socket(self)
        try:
            async with asyncio.timeout(opened_within):
                await connect(self._url, self.seat.session, origin=self._origin, kind=lambda: screen)
            async with asyncio.timeout(greeted_within):
                await screen.greet({int(room): seq for room, seq in self.positions.items()})
            for room, head in screen.heads.items():
                self.positions.setdefault(str(room), head)
            await screen.catch_up(self._phase)
        except (CannotMeasure, TimeoutError) as error:
            screen.ended = screen.ended or LEFT
            screen.leave()
            late = f"a socket was not open within {opened_within:.0f} s, or not welcomed within {greeted_within:.0f} s."
            raise CannotMeasure(str(error) or late) from None
        self.is_live = True
        for saying in self._unanswered.values():
            screen.post(saying)

    def say(self, saying: Saying) -> None:
        """Send it; whoever is away sends it once they are back."""
        self._unanswered[saying.client_id] = saying
        if self.is_live and self.screen is not None:
            self.screen.post(saying)

    def cut(self) -> None:
        """Lose the connection, and come back as browsers do."""
        self._comes_back = True
        if self.screen is not None:
            self.screen.cut()

    def leave(self) -> None:
        """Close the socket for good."""
        self._comes_back = False
        if self._returning is not None:
            self._returning.cancel()
        if self.screen is not None:
            self.screen.ended = LEFT
            self.screen.leave()

    def absence(self) -> list[Absence]:
        """The one that lasts, if any."""
        return [Absence(self.number, self._away_since, 0)] if self._away_since else []

    # --- for the socket ----------------------------------------------------------------------------

    def accepted(self, client_id: str, seq: int, at: int) -> None:
        """A message of theirs was stored."""
        saying = self._unanswered.pop(client_id, None)
        if saying is not None:
            self.journal.accept(saying, seq, at)

    def refused(self, client_id: str, code: str) -> None:
        """A message of theirs was refused."""
        self._unanswered.pop(client_id, None)
        self.journal.refuse(client_id, code)

    def lost(self, screen: Screen) -> None:
        """A socket ended; one that was given up may do so long after the next is open."""
        if screen is not self.screen:
            return
        self.is_live = False
        if screen.ended == LEFT:
            return
        if not self._comes_back:
            self.journal.ended.append(screen.ended)
        elif self._returning is None or self._returning.done():
            self._away_since = self._away_since or time.monotonic_ns()
            self._returning = asyncio.get_running_loop().create_task(self._return())

    async def _return(self) -> None:
        attempt = 0
        while not self.is_live:
            asked = self.screen.asked if self.screen is not None else 0.0
            await asyncio.sleep(asked or backoff(attempt))
            attempt += 1
            try:
                await self._open(OPENED_WITHIN, GREETED_WITHIN)
            except CannotMeasure:
                continue
        self.journal.absences.append(Absence(self.number, self._away_since, time.monotonic_ns()))
        self._away_since = 0


def backoff(attempt: int, lot: Callable[[], float] = random.random) -> float:
    """Seconds until the next try, as in static/js/live/backoff.js."""
    return lot() * min(CAP, float(BASE * 2 ** min(attempt, 10)))


class Socket(Screen):
    """A socket of somebody's, who keeps what came over it beyond its end."""

    def __init__(self, attendee: Attendee) -> None:
        super().__init__()
        self._attendee = attendee
        self._positions = attendee.positions

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is gone, whoever ended it."""
        super().on_ws_disconnected(transport)
        self._attendee.lost(self)

    def _show(self, room: int, seq: int, client_id: str, at: int) -> None:
        self._attendee.journal.screens.add(self._attendee.number, room, seq, client_id, at)

    def _refused(self, said: Frame) -> None:
        client_id = self._unanswered.get(said.id or 0, "")
        super()._refused(said)
        if client_id:
            self._attendee.refused(client_id, said.code)

    def _answered(self, said: Frame, at: int) -> None:
        client_id = self._unanswered.pop(said.id or 0, "")
        if client_id and said.seq:
            self._attendee.accepted(client_id, said.seq, at)
