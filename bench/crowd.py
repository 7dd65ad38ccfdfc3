"""All loads of a measurement, as whoever measures sees them: one crowd."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from bench import orders
from bench.children import last_words, load
from bench.errors import CannotMeasure
from bench.orders import Job, Order, Part, Standing
from bench.plan import SECOND, Saying, Seat

#: Seconds without anything new after which what is missing counts as lost.
SILENCE = 10.0
LOOK_AGAIN = 0.1
#: Nanoseconds from the order to the first message, for every load to have its plan by then.
LEAD = SECOND // 2


class Crowd:
    """Processes that hold everybody's sockets.

    Args:
        seats: of all.
        processes: of `bench.load`, running.
        folder: for what passes between them.
    """

    def __init__(self, seats: Sequence[Seat], processes: Sequence[asyncio.subprocess.Process], folder: Path) -> None:
        self.seats = seats
        self._processes = processes
        self._folder = folder

    @property
    def pids(self) -> list[int]:
        """Of the processes."""
        return [process.pid for process in self._processes]

    async def open(self, below: int | None = None) -> float:
        """Open the sockets of all, or of those with a seat below this; how many seconds it took."""
        began = time.monotonic()
        await self._all(orders.Open(len(self.seats) if below is None else below))
        return time.monotonic() - began

    async def poll(self, seats: Iterable[int], every: float) -> None:
        """Have these people ask by HTTP."""
        await self._all(orders.Poll(list(seats), every))

    async def say(self, plan: Sequence[Saying]) -> int:
        """Begin to say what is planned; the monotonic nanosecond from which it counts."""
        file = self._folder / "plan"
        file.write_bytes(msgspec.msgpack.encode(plan))
        start = time.monotonic_ns() + LEAD + len(plan) * 20_000
        await self._all(orders.Say(str(file), start))
        return start

    async def cut(self) -> None:
        """Tear all sockets at once."""
        await self._all(orders.Cut())

    async def leave(self) -> None:
        """Close all sockets."""
        await self._all(orders.Leave())

    async def standing(self) -> Standing:
        """How far all are together."""
        each = await self._all(orders.Look())
        sums = zip(*(msgspec.structs.astuple(one) for one in each), strict=True)
        return Standing(*map(sum, sums))

    async def settle(self) -> None:
        """Wait until all is answered and shown and everyone is there, or nothing more comes."""
        before, moved_at = Standing(live=-1), time.monotonic()
        while time.monotonic() - moved_at < SILENCE:
            now = await self.standing()
            if is_settled(now):
                return
            if now != before:
                before, moved_at = now, time.monotonic()
            await asyncio.sleep(LOOK_AGAIN)

    async def read_log(self, heads: Mapping[int, int]) -> None:
        """Have the logs of these rooms read again; by the first load, which has somebody in each."""
        await self._ask(self._processes[0], orders.ReadLog(dict(heads)))

    async def tell(self) -> list[Part]:
        """What was seen since the last time."""
        files = [self._folder / f"part-{number}" for number in range(len(self._processes))]
        asked = zip(self._processes, files, strict=True)
        await asyncio.gather(*(self._ask(process, orders.Tell(str(file))) for process, file in asked))
        return [msgspec.msgpack.decode(file.read_bytes(), type=Part) for file in files]

    async def _all(self, order: Order) -> list[Standing]:
        return await asyncio.gather(*(self._ask(process, order) for process in self._processes))

    async def _ask(self, process: asyncio.subprocess.Process, order: Order) -> Standing:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        line = await process.stdout.readline()
        if not line:
            raise CannotMeasure(await last_words(process, "bench"))
        return msgspec.json.decode(line, type=Standing)


def is_settled(now: Standing) -> bool:
    """All that is to be said is answered, and all that was accepted is on the screens."""
    return now.answered >= now.to_say and now.heard >= now.expected


@contextlib.asynccontextmanager
async def crowd(
    urls: Sequence[str], origin: str, seats: Sequence[Seat], parts: int, folder: Path
) -> AsyncIterator[Crowd]:
    """Start so many loads, which hold nothing yet; ended when it is over.

    Args:
        urls: of the nodes; seat by seat the people are dealt to them in turn.
        origin: of the site.
        seats: of all.
        parts: how many loads.
        folder: for what passes between them.
    """
    async with contextlib.AsyncExitStack() as stack:
        processes = []
        for part in range(parts):
            file = folder / f"job-{part}"
            file.write_bytes(msgspec.msgpack.encode(Job(list(urls), origin, list(seats), part, parts)))
            processes.append(await stack.enter_async_context(load("bench.load", str(file))))
        yield Crowd(seats, processes, folder)
