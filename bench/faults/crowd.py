"""Everybody together: they arrive, talk at a steady rate whatever comes back, and fall silent."""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Self

from bench.faults.history import History
from bench.faults.part import until
from bench.faults.person import Person
from bench.plan import SAYINGS, Saying, Seat

AT_A_TIME = 32
PATIENCE = 60.0


class Crowd:
    """The people of a lab.

    Args:
        seats: who they are and where they talk.
        url: the site.
        rate: messages a second, over all.
        lot: who talks when; the same seed, the same draw.
        kind: how they behave.
    """

    def __init__(
        self, seats: Sequence[Seat], url: str, rate: int, lot: random.Random, kind: type[Person] = Person
    ) -> None:
        self.rate = rate
        self.history = History()
        self._lot = lot
        self.people = [
            kind(number, seat, url, self.history, random.Random(lot.random())) for number, seat in enumerate(seats)
        ]
        #: Seats of those who say nothing for the time being.
        self.muted: set[int] = set()
        self._talking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """They arrive."""
        await self.arrive()
        return self

    async def __aexit__(self, *_: object) -> None:
        """They go, while the site still stands: whoever stayed would go on looking for it."""
        await self.leave()

    async def arrive(self) -> None:
        """Open all sockets, some at a time."""
        for start in range(0, len(self.people), AT_A_TIME):
            some = self.people[start : start + AT_A_TIME]
            for person in some:
                person.socket.start()
            await until(lambda some=some: all(each.is_live for each in some), "people are not caught up", PATIENCE)  # type: ignore[misc]

    async def come_anew(self, urls: Mapping[int, str] | None = None) -> None:
        """All connect again, and are dealt to the nodes in turn: to those that have just started, too.

        Done when each has been seen live with nothing left to send: what they wrote on the way is not laid to a fault.

        Args:
            urls: by seat, where to connect to; else where they did before.
        """
        for person in self.people:
            person.socket.url = (urls or {}).get(person.number, person.socket.url)
            person.socket.lose()
        away = set(self.people)

        def are_back() -> bool:
            away.difference_update([person for person in away if person.is_live and person.outbox.is_empty])
            return not away

        await until(are_back, "people do not come back", PATIENCE)

    async def leave(self) -> None:
        """Close all pages."""
        await self.fall_silent()
        for person in self.people:
            await person.leave()

    def begin_round(self) -> History:
        """A clean sheet for everyone."""
        self.history = History()
        for person in self.people:
            person.history = self.history
        return self.history

    def talk(self) -> None:
        """Begin to talk."""
        if self._talking is None:
            self._talking = asyncio.create_task(self._talk())

    async def fall_silent(self) -> None:
        """Say nothing more; what waits in the outboxes still goes."""
        task, self._talking = self._talking, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def have_sent(self) -> bool:
        """Everyone is live, and nothing waits."""
        return all(person.is_live and person.outbox.is_empty for person in self.people)

    def unsettled(self, heads: Mapping[int, int], until: Mapping[tuple[int, int], int]) -> list[int]:
        """Who is not live, has something to send, or has not seen everything, up to where they were put out."""
        return [
            person.number
            for person in self.people
            if not person.is_live
            or not person.outbox.is_empty
            or any(
                gate.shown < until.get((person.number, room), heads.get(room, 0)) for room, gate in person.gates.items()
            )
        ]

    def audience(self) -> dict[int, frozenset[int]]:
        """By room, the seats that hear it."""
        rooms: dict[int, set[int]] = {}
        for person in self.people:
            # Their own also where they were never told of it.
            for room in person.gates.keys() | set(person.seat.rooms):
                rooms.setdefault(room, set()).add(person.number)
        return {room: frozenset(seats) for room, seats in rooms.items()}

    async def _talk(self) -> None:
        due = time.monotonic()
        for number in range(10**9):
            due += 1 / self.rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            person = self._lot.choice(self.people)
            if person.number in self.muted:
                continue
            self._say(person, person.seat.room, number)

    def _say(self, person: Person, room: int, number: int) -> None:
        text = f"{self._lot.choice(SAYINGS)}\n\nno. {number}"
        person.say(Saying(time.monotonic_ns(), person.number, room, str(uuid.uuid4()), text))
