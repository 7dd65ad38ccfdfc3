"""A run: operations and cuts, then silence and a comparison, again and again until all is done or something differs."""

import asyncio
import contextlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.errors import CannotMeasure
from bench.faults.lab import Lab
from bench.faults.part import until, until_told
from bench.operations import account, compare, meters
from bench.operations.cast import Cast
from bench.operations.crowd import Crowd
from bench.operations.cuts import Cuts, LossyWay
from bench.operations.difference import Difference
from bench.operations.fresh import Fresh, Source
from bench.operations.operation import Operation
from bench.operations.options import Options

#: Seconds in which everything must have come to everyone once nothing more is done.
SETTLED_WITHIN = 60.0
#: In a room of more people nobody is told how far the others have read (rooms/readers.py).
MOST_READERS = 100
#: Seconds in which all must have heard how far the others have read: on a machine that is busy with other things, too.
TOLD_WITHIN = 60.0


@dataclass(slots=True)
class Seen:
    """What a run has seen so far."""

    operations: int = 0
    #: By kind, how many were carried out; by code, how many were refused.
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    #: Seconds of work, without the comparisons, and in all.
    working: float = 0.0
    seconds: float = 0.0
    comparisons: int = 0
    #: Messages compared, counts compared, and counts of which only the server knows what is left.
    compared: Counter[str] = field(default_factory=Counter)
    #: By kind, what was cut; and publishes that were lost.
    cuts: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    #: The longest in seconds until all had heard how far the others have read.
    told_after: float = 0.0
    #: Seconds of CPU while working, by part.
    cpu: dict[str, float] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


class Run:
    """One, on a lab that has started.

    Args:
        say: is told how far it is.
    """

    def __init__(self, asked: Options, lab: Lab, cast: Cast, way: LossyWay, say: Callable[[str], None]) -> None:
        nodes = [f"http://127.0.0.1:{port}" for port in lab.ports]
        self.asked, self.lab, self.cast, self.say = asked, lab, cast, say
        self.seen = Seen()
        self.crowd = Crowd(cast, nodes, lab.url, asked.depth, asked.seed)
        self.cuts = Cuts(self.crowd.clients, nodes, lab.redis.url, way, random.Random(f"{asked.seed} cuts"))
        self._source = Source(lab, cast, self.crowd.doors, nodes)
        self._heads: dict[int, int] = {}

    async def run(self) -> Seen:
        """Do it all."""
        began = time.monotonic()
        try:
            await self.crowd.arrive()
            self._heads = await self._source.heads()
            while self.seen.operations < self.asked.count and not self.seen.differences:
                await self._work(min(self.asked.every, self.asked.count - self.seen.operations))
                await self._compare()
                self._tell()
        finally:
            self.seen.seconds = time.monotonic() - began
            self.seen.heard, self.seen.cuts, self.seen.lost = self.crowd.heard, self.cuts.made, self.cuts.lost
            await self.crowd.leave()
        return self.seen

    # --- work --------------------------------------------------------------------------------------

    async def _work(self, count: int) -> None:
        began, before, cpu = time.monotonic(), self.crowd.answered, meters.read(self.lab.parts)
        doing = asyncio.create_task(self.crowd.do(count))
        cuts = 0
        while not doing.done():
            await asyncio.sleep(0.05)
            if cuts < (self.crowd.answered - before) * self.asked.cuts // 1000:
                cuts += 1
                await self.cuts.one()
            elif self.crowd.is_spent:
                self.cuts.come_back()
        self.cuts.come_back()
        await doing
        self.seen.operations += count
        self.seen.working += time.monotonic() - began
        for part, used in meters.read(self.lab.parts).items():
            self.seen.cpu[part] = self.seen.cpu.get(part, 0.0) + used - cpu[part]

    # --- comparison ----------------------------------------------------------------------------------

    async def _compare(self) -> None:
        await self._say_last()
        with contextlib.suppress(CannotMeasure):
            await until_told(self._is_settled, "", SETTLED_WITHIN)
        fresh = await self._source.everything()
        await self._hold_log()
        self.seen.differences += [*self._roster(fresh), *compare.differences(self.crowd.clients, fresh)]
        self._note(fresh)
        if not self.seen.differences:
            await self._read_on()

    async def _say_last(self) -> None:
        """A message in each room, so that whatever is missing before it shows."""
        await self.crowd.say([self._post(room, min(people)) for room, people in self._rooms()])

    async def _is_settled(self) -> bool:
        heads, people = await self._source.heads(), await self._source.people()
        return all(
            client.is_at_rest
            and client.page.shown() == {room: heads[room] for room, there in people.items() if client.me in there}
            for client in self.crowd.clients
        )

    async def _hold_log(self) -> None:
        log = await self._source.log(self._heads)
        self.seen.differences += account.differences(self.crowd.diary, self._heads, log)
        self._heads = await self._source.heads()
        self.seen.done.update(each.kind for each in self.crowd.diary if not each.code)
        self.seen.refused.update(each.code for each in self.crowd.diary if each.code)
        self.crowd.diary.clear()

    def _roster(self, fresh: Fresh) -> list[Difference]:
        """Who is in which room, by the answers that the forms got."""
        return [
            Difference("the answers", room, 0, "people", sorted(people), sorted(fresh.rooms[room].people))
            for room, people in self.crowd.roster.people.items()
            if people != fresh.rooms[room].people.keys()
        ]

    async def _read_on(self) -> None:
        """All read what was said last, and each must hear of all."""
        await self.cuts.healed()
        await self._say_last()
        heads = await self._source.heads()
        await self.crowd.say(
            [
                Operation("read", person, room, {"position": heads[room]})
                for room, people in self._rooms()
                for person in sorted(people)
            ]
        )
        people = await self._source.people()
        small = {room: there for room, there in people.items() if len(there) <= MOST_READERS}
        began = time.monotonic()
        with contextlib.suppress(CannotMeasure):
            await until(lambda: not self._behind(small), "", TOLD_WITHIN)
        self.seen.told_after = max(self.seen.told_after, time.monotonic() - began)
        self.seen.differences += self._behind(small)
        await self._hold_log()

    def _behind(self, people: dict[int, dict[int, int]]) -> list[Difference]:
        return [found for client in self.crowd.clients for found in compare.readers(client, people)]

    def _rooms(self) -> list[tuple[int, set[int]]]:
        return [(room, people) for room, people in self.crowd.roster.people.items() if people]

    def _post(self, room: int, person: int) -> Operation:
        return Operation("post", person, room, {"client_id": str(uuid.uuid4()), "text": "That is all for now"})

    def _note(self, fresh: Fresh) -> None:
        self.seen.comparisons += 1
        for client in self.crowd.clients:
            for room, live in client.page.mine.items():
                self.seen.compared["rooms"] += 1
                self.seen.compared["counts" if live.count.is_exact else "inexact counts"] += 1
                if room in fresh.rooms:
                    base = max(live.base, fresh.rooms[room].base)
                    self.seen.compared["messages"] += sum(seq > base for seq in live.messages)

    def _tell(self) -> None:
        seen = self.seen
        state = f"{len(seen.differences)} differences" if seen.differences else "all alike"
        self.say(f"{seen.operations:,} operations, {seen.operations / seen.working:.0f} a second: {state}.")
