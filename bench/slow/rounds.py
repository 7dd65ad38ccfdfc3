"""One round: a big room, long messages, and some who read nothing of it, or do."""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Iterator, Sequence

import msgspec

from bench.checker import Heard
from bench.churn.meter import Meter
from bench.errors import CannotMeasure
from bench.faults.part import until
from bench.figures import Spread, spread
from bench.plan import Saying, Seat
from bench.screen import Screen, connect
from bench.slow.options import Options
from bench.slow.reader import Reader

#: Bytes that the kernel takes in for somebody who does not read, so that it is the node soon that holds the rest.
BUFFER = 4_096
LOOK_AGAIN = 0.25
#: Seconds from the last message until all must have come.
PATIENCE = 20.0
SECOND = 1_000_000_000
WORDS = ("timetable", "folder", "draft", "Thursday", "the", "map", "index", "and", "lamp", "ladder", "of", "bread")


class Round(msgspec.Struct, frozen=True):
    """One. Memory in bytes: the node's own, before the load and at its most; `most_held`: for one socket at once."""

    stopped: bool
    before: int
    most: int
    most_held: int
    #: How many were put out, and seconds from the first message to the first and the last of them.
    put_out: int
    put_out_after: tuple[float, float]
    expected: int
    delivered: int
    #: From the moment a message was to be sent to each neighbour's screen, and how late the generator was itself.
    to_screens: Spread
    lateness: Spread

    @property
    def rise(self) -> int:
        """Bytes by which the load lifted the node's memory."""
        return self.most - self.before


class Stage:
    """Where the rounds take place.

    Args:
        url: the node's address.
        origin: the site's.
        seats: of all, in one room; the last of them stop reading when it is their turn.
    """

    def __init__(self, asked: Options, url: str, origin: str, seats: Sequence[Seat], meter: Meter) -> None:
        self._asked, self._url, self._origin, self._meter = asked, url, origin, meter
        self._neighbours, self._readers = seats[: asked.people], seats[asked.people :]

    async def play(self, number: int, *, stopped: bool) -> Round:
        """One round, with the readers stopped or not."""
        neighbours = await asyncio.gather(*(self._open(seat, 0) for seat in self._neighbours))
        readers = await asyncio.gather(*(self._open(seat, BUFFER if stopped else 0) for seat in self._readers))
        # What the last round left in the kernel and in the node is gone by now: its sockets are closed.
        before = (await self._meter.read(0, 0)).uss
        if stopped:
            for reader in readers:
                reader.stop_reading()
        watch = Watch(self._meter, readers if stopped else [], before)
        watching = asyncio.create_task(watch.always())
        said, lateness = await self._talk(number, neighbours)
        await self._settle(neighbours, len(said))
        watching.cancel()
        heard = [each for screen in neighbours for each in screen.heard if each.client_id in said]
        for screen in (*neighbours, *readers):
            screen.leave()
        return Round(
            stopped=stopped,
            before=before,
            most=watch.most,
            most_held=watch.most_held,
            put_out=len(watch.put_out),
            put_out_after=(min(watch.put_out.values(), default=0.0), max(watch.put_out.values(), default=0.0)),
            expected=len(said) * len(neighbours),
            delivered=len(heard),
            to_screens=spread(delay(each, said) for each in heard),
            lateness=spread(lateness),
        )

    async def _open(self, seat: Seat, buffer: int) -> Reader:
        reader = Reader()
        await connect(self._url, seat.session, origin=self._origin, buffer=buffer, kind=lambda: reader)
        await reader.arrive({}, phase=1)
        return reader

    async def _talk(self, number: int, neighbours: Sequence[Screen]) -> tuple[dict[str, int], list[int]]:
        """Say everything at its time; when each was to be said, and how late it was."""
        said, lateness = {}, []
        start = time.monotonic_ns() + SECOND // 10
        for saying in sayings(self._asked, self._neighbours, number):
            await asyncio.sleep(max(0, start + saying.at - time.monotonic_ns()) / SECOND)
            said[saying.client_id] = start + saying.at
            lateness.append(time.monotonic_ns() - said[saying.client_id])
            neighbours[saying.seat].post(saying)
        return said, lateness

    async def _settle(self, neighbours: Sequence[Screen], count: int) -> None:
        with contextlib.suppress(CannotMeasure):
            await until(lambda: all(len(screen.heard) >= count for screen in neighbours), "", PATIENCE)


class Watch:
    """Looks at the node while the load is on, and whether those who read nothing are still there."""

    def __init__(self, meter: Meter, readers: Sequence[Reader], before: int) -> None:
        self._meter = meter
        self._readers = readers
        self._began = time.monotonic()
        self.most, self.most_held = before, 0
        #: By reader, seconds until they were put out.
        self.put_out: dict[int, float] = {}

    async def always(self) -> None:
        """Look again and again."""
        while True:
            sample = await self._meter.read(0, 0)
            self.most = max(self.most, sample.uss)
            self.most_held = max(self.most_held, sample.gauges["server.most_unsent"])
            for number, reader in enumerate(self._readers):
                if number not in self.put_out and reader.is_put_out:
                    self.put_out[number] = time.monotonic() - self._began
            await asyncio.sleep(LOOK_AGAIN)


def sayings(asked: Options, seats: Sequence[Seat], number: int) -> Iterator[Saying]:
    """The messages of a round: evenly spaced, long, from people drawn by lot; the same for both of a pair."""
    lot = random.Random(f"{asked.seed} {number}")
    for index in range(asked.rate * asked.seconds):
        seat = lot.randrange(len(seats))
        text = " ".join(lot.choices(WORDS, k=asked.size // 4))[: asked.size]
        yield Saying(index * SECOND // asked.rate, seat, seats[seat].room, str(uuid.uuid4()), text)


def delay(heard: Heard, said: dict[str, int]) -> int:
    """Nanoseconds from when it was to be said to a screen."""
    return heard.at - said[heard.client_id]
