"""The load: a process of its own that holds sockets, says what is planned, and hears what comes.

    python -m bench.load JOB

It takes orders (`bench.orders`) on its standard input, a line of JSON each, and answers each with how far it is.
"""

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from bench import orders
from bench.attendee import Attendee
from bench.errors import CannotMeasure
from bench.journal import Journal
from bench.log_reader import AT_A_TIME, read_logs
from bench.open_files import allow_sockets
from bench.orders import Job, Order, Standing
from bench.plan import SECOND, Saying
from bench.poller import Poller

#: Bytes of an order.
LONGEST = 2**24


class Load:
    """One, with its part of the people."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.journal = Journal(Counter(room for seat in job.seats for room in seat.rooms))
        self.people = {number: self._person(number) for number in job.mine}
        self.pollers: dict[int, Poller] = {}
        self.said: list[Saying] = []
        self._open: set[int] = set()
        self._talking: asyncio.Task[None] | None = None

    def _person(self, number: int) -> Attendee:
        seat, phase = self.job.seats[number], number / len(self.job.seats)
        return Attendee(number, seat, phase, self._node(number), self.journal)

    def _node(self, number: int) -> tuple[str, str]:
        return self.job.urls[number % len(self.job.urls)], self.job.origin

    async def obey(self, order: Order) -> Standing:
        """Do what is ordered.

        Raises:
            CannotMeasure: it cannot be done.
        """
        await DEEDS[type(order)](self, order)
        return self.standing()

    def standing(self) -> Standing:
        """How far it is."""
        return Standing(
            live=sum(person.is_live for person in self.people.values()),
            to_say=len(self.said),
            answered=len(self.journal.accepts) + len(self.journal.refusals),
            expected=self.journal.expected,
            heard=len(self.journal.screens),
        )

    async def open(self, order: orders.Open) -> None:
        """Open sockets, some at a time."""
        gate = asyncio.Semaphore(AT_A_TIME)
        new = [number for number in self.people if number < order.below and number not in self._open]
        self._open.update(new)
        await asyncio.gather(*(self._arrive(self.people[number], gate) for number in new))
        # What is there now stays: the collector need not walk it again.
        gc.collect()
        gc.freeze()

    async def _arrive(self, person: Attendee, gate: asyncio.Semaphore) -> None:
        async with gate:
            await person.arrive()

    async def poll(self, order: orders.Poll) -> None:
        """Have people ask by HTTP, spread over the interval."""
        mine = [number for number in order.seats if number in self.people]
        self._open.update(mine)
        for number in mine:
            self.pollers[number] = Poller(number, self.job.seats[number], *self._node(number), self.journal)
        await asyncio.gather(
            *(poller.start(order.every, number / len(mine)) for number, poller in enumerate(self.pollers.values()))
        )

    async def say(self, order: orders.Say) -> None:
        """Begin to say what is planned for people of this part."""
        plan = _read_plan(order.file)
        self.journal.begin([saying.client_id for saying in plan])
        self.journal.heads = self.heads()
        self.said = [saying for saying in plan if saying.seat in self.people]
        self._talking = asyncio.create_task(self._talk(order.at))

    async def _talk(self, start: int) -> None:
        """Say everything at its time, whatever has come back: a slow server is not asked less."""
        for saying in self.said:
            ahead = start + saying.at - time.monotonic_ns()
            if ahead > 0:
                await asyncio.sleep(ahead / SECOND)
            self.journal.lateness.append(time.monotonic_ns() - start - saying.at)
            self.people[saying.seat].say(saying)

    def heads(self) -> dict[int, int]:
        """By room, where it stands: as its people were told, or have heard since."""
        heads: dict[int, int] = {}
        everyone: list[Attendee | Poller] = [*self.people.values(), *self.pollers.values()]
        for person in everyone:
            for room in person.seat.rooms:
                heads[room] = max(person.positions.get(str(room), 0), heads.get(room, 0))
        return heads

    async def cut(self, _: orders.Cut) -> None:
        """Tear all sockets at once."""
        for person in self.people.values():
            person.cut()

    async def look(self, _: orders.Look) -> None:
        """Do nothing."""

    async def read_log(self, order: orders.ReadLog) -> None:
        """Have rooms sent to new sockets that have missed all of it."""
        seats = {number: person.seat for number, person in self.people.items()}
        log, not_read = await read_logs(seats, order.heads, self._node)
        self.journal.not_read += not_read
        for each in log:
            self.journal.log.add(0, *each)

    async def tell(self, order: orders.Tell) -> None:
        """Write down what was seen."""
        self.journal.absences += [away for person in self.people.values() for away in person.absence()]
        _write_part(order.file, self.journal)
        self.said = []
        self.journal.begin(())

    async def leave(self, _: orders.Leave) -> None:
        """Close everything."""
        for person in self.people.values():
            person.leave()
        for poller in self.pollers.values():
            poller.leave()


DEEDS: dict[type[Order], Callable[[Load, Any], Awaitable[None]]] = {
    orders.Open: Load.open,
    orders.Poll: Load.poll,
    orders.Say: Load.say,
    orders.Cut: Load.cut,
    orders.Look: Load.look,
    orders.ReadLog: Load.read_log,
    orders.Tell: Load.tell,
    orders.Leave: Load.leave,
}


def _read_plan(file: str) -> list[Saying]:
    return msgspec.msgpack.decode(Path(file).read_bytes(), type=list[Saying])


def _write_part(file: str, journal: Journal) -> None:
    Path(file).write_bytes(msgspec.msgpack.encode(journal.part()))


async def serve(job: Job) -> None:
    """Take orders until nobody gives any more."""
    reader = asyncio.StreamReader(limit=LONGEST)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    load = Load(job)
    read = msgspec.json.Decoder(Order).decode
    while line := await reader.readline():
        print(msgspec.json.encode(await load.obey(read(line))).decode(), flush=True)


def main(job_file: str) -> None:
    """Do what the standard input says."""
    job = msgspec.msgpack.decode(Path(job_file).read_bytes(), type=Job)
    # Little of what comes is garbage in rings, and a pass over all of it would be a stall of the load's own.
    gc.disable()
    try:
        allow_sockets(len(job.mine))
        uvloop.run(serve(job))
    except CannotMeasure as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
