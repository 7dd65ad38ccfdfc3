"""Everybody together: they do what the lot says, as fast as the site answers, until the budget is spent."""

import asyncio
import http.client
import random
import time
from collections.abc import Sequence

from bench.errors import CannotMeasure
from bench.faults.part import until
from bench.operations.cast import Cast, Seat
from bench.operations.client import Client
from bench.operations.doors import Doors
from bench.operations.draw import Draw
from bench.operations.movements import FORMS
from bench.operations.operation import Operation
from bench.operations.page import Messages
from bench.operations.roster import Roster

AT_A_TIME = 32
#: Seconds for everybody to come in; without any answer until no more is waited for.
PATIENCE = 60.0
#: Forms under way at a time: more would be all that the nodes do.
MOST_FORMS = 12
#: The status of a site that waited too long for its database, and seconds until a form is sent to it again.
UNAVAILABLE, AGAIN = 503, 2.0
#: Of so many people who come into a room one looks at what was said there before; at so many messages.
LOOKS_OF = 4
LOOKS_AT = 40


class Crowd:
    """The people of a run, and their diary.

    Args:
        nodes: addresses that they come in by.
        origin: the site's address.
        depth: commands of one person that may be under way.
        seed: decides who does what.
    """

    def __init__(self, cast: Cast, nodes: Sequence[str], origin: str, depth: int, seed: int) -> None:
        self.roster = Roster(cast.places)
        self.doors = Doors(origin, cast.slug)
        self.diary: list[Operation] = []
        self.answered = 0
        self._lot = random.Random(f"{seed} crowd")
        self._draw = Draw(cast, self.roster, random.Random(f"{seed} draw"))
        self._names = {place.room: (place.name, place.topic) for place in cast.places}
        self._budget = 0
        self._failure: Exception | None = None
        self._forms: set[asyncio.Task[None]] = set()
        self.clients = [
            Client(seat, self._lot.choice(nodes), origin, depth, random.Random(self._lot.random()), self)
            for seat in cast.seats
        ]
        self.by_person = {client.me: client for client in self.clients}

    async def arrive(self) -> None:
        """Open all sockets, some at a time."""
        for start in range(0, len(self.clients), AT_A_TIME):
            some = self.clients[start : start + AT_A_TIME]
            for client in some:
                client.socket.start()
            await until(lambda some=some: all(each.is_live for each in some), "people are not caught up", PATIENCE)  # type: ignore[misc]

    async def leave(self) -> None:
        """Close all pages."""
        for client in self.clients:
            client.leave()
        for task in list(self._forms):
            task.cancel()
        self.doors.close()

    async def do(self, count: int) -> None:
        """Do so many things, and wait until all have their answers.

        Raises:
            CannotMeasure: no answer comes any more.
        """
        self._budget += count
        for client in self.clients:
            client.go_on()
        await self._rest()

    async def say(self, operations: Sequence[Operation]) -> None:
        """Do these things, and wait until all have their answers."""
        for operation in operations:
            self.by_person[operation.person].unanswered.add(operation)
            self.diary.append(operation)
        await self._rest()

    @property
    def is_spent(self) -> bool:
        """Nothing more is begun."""
        return not self._budget

    @property
    def heard(self) -> int:
        """Events that came to all pages together."""
        return sum(client.heard for client in self.clients)

    async def _rest(self) -> None:
        answered, moved_at = self.answered, time.monotonic()
        while self._budget or self._forms or not all(client.is_at_rest for client in self.clients):
            if self.answered != answered:
                answered, moved_at = self.answered, time.monotonic()
            if self._failure is not None:
                raise CannotMeasure(f"a request failed: {self._failure}")
            if time.monotonic() - moved_at > PATIENCE:
                late = [f"person {each.me} ({each.socket.state.value})" for each in self.clients if not each.is_at_rest]
                raise CannotMeasure(f"no answers for {PATIENCE:.0f} s; waited for: {', '.join(late[:5])}.")
            await asyncio.sleep(0.05)
            for client in self.clients:
                client.go_on()

    # --- for the clients -----------------------------------------------------------------------------

    def names(self, room: int) -> tuple[str | None, str | None]:
        """As it was made."""
        return self._names[room]

    def wants_page(self) -> bool:
        """One of some does."""
        return not self._lot.randrange(LOOKS_OF)

    async def load(self, seat: Seat, room: int) -> Messages:
        """The newest messages, by the API; none where the room is not theirs any more."""
        page = None
        try:
            page = await self.doors.messages(seat, room, None, LOOKS_AT)
        except (CannotMeasure, OSError, http.client.HTTPException) as error:
            self._failure = error
        return [(each.seq, each.as_shown()) for each in page.messages] if page else []

    def next(self, client: Client) -> Operation | None:
        """What the lot says; forms go their own way."""
        while self._budget:
            busy = len(self._forms) >= MOST_FORMS
            operation = self._draw.command(client) if busy else self._draw.any(client)
            if operation is None:
                return None
            self._budget -= 1
            self.diary.append(operation)
            if operation.kind not in FORMS:
                return operation
            self._fill_in(client, operation)
        return None

    def done(self, _: Operation) -> None:
        """One more has its reply."""
        self.answered += 1

    # --- forms ---------------------------------------------------------------------------------------

    def _fill_in(self, client: Client, operation: Operation) -> None:
        self.roster.begin(operation)
        task = asyncio.get_running_loop().create_task(self._post(client, operation))
        self._forms.add(task)
        task.add_done_callback(self._forms.discard)

    async def _post(self, client: Client, operation: Operation) -> None:
        try:
            status = await self._try(client, operation)
        except (CannotMeasure, OSError, http.client.HTTPException) as error:
            self._failure = error
            return
        if status >= 500:
            self._failure = CannotMeasure(f"“{operation}” was answered with {status}.")
            return
        operation.is_answered = True
        operation.code = "" if status == 302 else f"status {status}"
        operation.must = not operation.code
        self.roster.end(operation)
        self.answered += 1

    async def _try(self, client: Client, operation: Operation) -> int:
        """Send a form; where the site cannot store anything right now, again."""
        status = UNAVAILABLE
        while status == UNAVAILABLE:
            await asyncio.sleep(AGAIN * min(operation.attempts, 1))
            operation.attempts += 1
            status = await self.doors.fill_in(client.seat, operation)
        return status
