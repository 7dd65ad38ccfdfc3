"""Where scenarios are played: a site, the people seated in it, and the crowd that is there."""

import asyncio
import contextlib
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench import usage
from bench.crowd import Crowd, crowd
from bench.errors import CannotMeasure
from bench.judge import Measured, heads, judge
from bench.outcome import Run
from bench.place import Place
from bench.plan import SECOND, Saying, Seat, Seating
from bench.program import say
from bench.usage import Meter

#: CPU of one core, over so many seconds, below which Daphne counts as having come to rest; and the most to wait for it.
CALM, LOOKS, PATIENCE = 0.25, 0.5, 30.0


@dataclass
class Stage:
    """One site.

    Args:
        place: where it runs.
        folder: for what passes between the bench and its loads; it holds sessions.
        cores: one for Daphne and one for the load; None: nothing is kept on one.
    """

    place: Place
    folder: Path
    cores: tuple[int, int] | None
    _seats: dict[Seating, list[Seat]] = field(default_factory=dict)
    _there: tuple[object, ...] = ()
    _crowd: Crowd | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    #: Bytes of the Daphne processes with one socket and with all of those that are there.
    memory: tuple[int, int] = (0, 0)

    async def __aenter__(self) -> Self:
        """Nobody is there yet."""
        if self.cores:
            usage.pin(self.place.census.nodes()[0].pid, self.cores[0])
        return self

    async def __aexit__(self, *_: object) -> None:
        """Everybody goes."""
        await self.clear()

    async def seat(self, seating: Seating) -> list[Seat]:
        """The people of a seating, made when they are first asked for."""
        if seating not in self._seats:
            say(f"Seating {seating.people:,} people in {seating.rooms:,} rooms.")
            self._seats[seating] = await self.place.seat(seating, self.folder)
        return self._seats[seating]

    async def gather(self, seating: Seating, *, parts: int = 1, nodes: int = 1) -> Crowd:
        """Everybody of a seating, each with an open socket; those who are there already stay.

        Args:
            seating: of all.
            parts: loads that hold the sockets.
            nodes: that the sockets are dealt to.
        """
        wanted = seating, parts, nodes
        if self._crowd is None or self._there != wanted:
            seats = await self.seat(seating)
            await self.enter(seats, parts=parts, nodes=nodes)
            await self._open(len(seats))
            self._there = wanted
        assert self._crowd is not None
        return self._crowd

    async def enter(self, seats: Sequence[Seat], *, parts: int = 1, nodes: int = 1) -> Crowd:
        """Loads for these people, instead of those who were there; nobody has a socket yet."""
        await self.clear()
        urls = self.place.urls[:nodes]
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
        self._crowd = await self._stack.enter_async_context(crowd(urls, self.place.origin, seats, parts, folder))
        if self.cores:
            usage.pin(self._crowd.pids[0], self.cores[1])
        return self._crowd

    async def _open(self, sockets: int) -> None:
        assert self._crowd is not None
        say(f"Opening {sockets:,} sockets.")
        await self._crowd.open(1)
        one = self.place.census.memory()
        took = await self._crowd.open()
        await self.rest()
        self.memory = one, self.place.census.memory()
        say(f"All were open within {took:.1f} s.")

    async def clear(self) -> None:
        """Everybody goes."""
        if self._crowd is not None:
            # A load that has broken down has nobody left.
            with contextlib.suppress(CannotMeasure):
                await self._crowd.leave()
            await self._stack.aclose()
            self._crowd, self._there = None, ()
            await self.rest()

    async def rest(self) -> None:
        """Wait until the site has nothing left to do from before."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            before = self.place.census.read()
            await asyncio.sleep(LOOKS)
            if usage.used(before, self.place.census.read())["Daphne"] < CALM * LOOKS:
                return

    def meter(self) -> Meter:
        """Reads the meters from now on."""
        return Meter(self.place.census, self._crowd.pids if self._crowd else ())

    async def measure(self, name: str, plan: Sequence[Saying]) -> tuple[Run, Measured]:
        """Have a plan said, and judge what came of it."""
        assert self._crowd is not None
        start = await self._crowd.say(plan)
        await until(start)
        meter = self.meter()
        await self._crowd.settle()
        return await self.conclude(name, plan, start, meter.used())

    async def conclude(self, name: str, plan: Sequence[Saying], start: int, used: usage.Usage) -> tuple[Run, Measured]:
        """Read the log of the rooms in which something was said, and judge."""
        assert self._crowd is not None
        seats, memory = self._crowd.seats, self.place.census.memory()
        parts = await self._crowd.tell()
        spoken = {saying.room for saying in plan}
        say("Reading the log again.")
        await self._crowd.read_log({room: head for room, head in heads(parts).items() if room in spoken})
        measured = Measured(seats, plan, start, parts, await self._crowd.tell())
        with _uncollected():
            return Run(name, judge(measured), used, memory), measured


async def until(moment: int) -> None:
    """Wait for a moment (monotonic nanoseconds)."""
    await asyncio.sleep(max(0, moment - time.monotonic_ns()) / SECOND)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Millions of small things are made, none of them garbage: the collector would walk them again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.asynccontextmanager
async def stage(place: Place, folder: Path, cores: tuple[int, int] | None) -> AsyncIterator[Stage]:
    """A stage in a place."""
    with tempfile.TemporaryDirectory(prefix="load-", dir=folder) as name:
        async with Stage(place, Path(name), cores) as made:
            yield made
