"""Whoever comes and goes, dies or is not told: as soon as it is quiet, everybody knows exactly who is there.

Nodes are real, with all their waits; Redis is a table on the same clock, since no real one expires on demand, forgets
or is away for just as long as an example wants.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collab.live.attendance import Attendance, Visible
from collab.live.presence import EXPIRY, REFRESH
from tests.live.clocks import run_quickly

TOPIC = "workspace.1"
PEOPLE = range(1, 6)
#: Seconds after which everything must be told: what a dead node left expires, and the next refresh finds it.
QUIET = EXPIRY + 2 * REFRESH


class Table:
    """What Redis keeps, while it is there; answers take a while."""

    def __init__(self, chance: Random) -> None:
        self.is_away = False
        self._chance = chance
        self._until: dict[str, float] = {}

    async def take_a_while(self) -> bool:
        await asyncio.sleep(self._chance.choice((0, 0, 0.001, 0.1, 0.6)))
        return not self.is_away

    async def keep(self, connections: Iterable[tuple[str, str]], seconds: int = EXPIRY) -> bool:
        words = list(connections)
        if not await self.take_a_while():
            return False
        now = asyncio.get_running_loop().time()
        self._until |= {entry: now + seconds for _, entry in words}
        return True

    async def online(self, topics: Collection[str]) -> Mapping[str, frozenset[int]] | None:
        if not await self.take_a_while():
            return None
        now = asyncio.get_running_loop().time()
        there = frozenset(int(entry.partition(":")[0]) for entry, until in self._until.items() if until > now)
        return dict.fromkeys(topics, there)

    def forget(self) -> None:
        self._until.clear()

    async def close(self) -> None:
        pass


@dataclass(eq=False)
class Socket:
    """Somebody's page: whom it may know of, and whom it believes to be there."""

    owner: int
    visible: Visible
    believed: set[int] = field(default_factory=set)


class Node:
    """An attendance, its sockets, and hints that may get lost."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.sockets: list[Socket] = []
        self.attendance = Attendance(house.table, self.tell, self.nudge)  # type: ignore[arg-type]
        self.attendance.start()

    def tell(self, sockets: Sequence[Any], topic: str, came: frozenset[int], went: frozenset[int]) -> None:
        for socket in sockets:
            assert came or went, "Nothing was told"
            assert not came & went, "Told both at once"
            assert socket.visible is None or came | went <= socket.visible, "A guest was told of a stranger"
            socket.believed = (socket.believed | came) - went

    def nudge(self, topic: str) -> None:
        for node in self.house.nodes:
            if node is not self and self.house.chance.random() < self.house.arrives:
                node.attendance.hint(topic)

    async def come(self, owner: int, *, is_guest: bool) -> None:
        socket = Socket(owner, frozenset({owner, 1, 2}) if is_guest else None)
        socket.believed |= (await self.attendance.come(socket, {TOPIC: socket.visible}))[TOPIC]  # type: ignore[arg-type]
        self.sockets.append(socket)

    def go(self) -> None:
        if self.sockets:
            self.attendance.go(self.sockets.pop(self.house.chance.randrange(len(self.sockets))))  # type: ignore[arg-type]

    async def die(self) -> None:
        """Without a goodbye: what it kept stays behind."""
        self.sockets.clear()
        await self.attendance.stop()


class House:
    """Nodes that share a Redis."""

    def __init__(self, seed: int, arrives: float) -> None:
        self.chance = Random(seed)
        self.arrives = arrives
        self.table = Table(self.chance)
        self.nodes: list[Node] = []
        self.nodes += [Node(self) for _ in range(3)]

    async def do(self, what: str, where: int, who: int, wait: float) -> None:
        node = self.nodes[where]
        if what in {"come", "come as a guest"}:
            await node.come(who, is_guest=what != "come")
        elif what == "go":
            node.go()
        elif what == "die":
            await node.die()
            self.nodes[where] = Node(self)
        elif what == "forget":
            self.table.forget()
            for each in self.nodes:
                each.attendance.refresh()
        else:
            self.table.is_away = what == "away"
        await asyncio.sleep(wait)

    def expect_everyone_to_know(self) -> None:
        there = {socket.owner for node in self.nodes for socket in node.sockets}
        for node in self.nodes:
            for socket in node.sockets:
                assert socket.believed == (there if socket.visible is None else there & socket.visible)

    async def live(self, deeds: list[tuple[str, int, int, float]]) -> None:
        for deed in deeds:
            await self.do(*deed)
        self.table.is_away = False
        await asyncio.sleep(QUIET)
        self.expect_everyone_to_know()
        # And nobody is told what they know.
        told = [socket.believed.copy() for node in self.nodes for socket in node.sockets]
        await asyncio.sleep(QUIET)
        assert told == [socket.believed for node in self.nodes for socket in node.sockets]
        for node in self.nodes:
            await node.die()


DEEDS = st.tuples(
    st.sampled_from(["come", "come", "come as a guest", "go", "go", "die", "forget", "away", "back"]),
    st.integers(0, 2),
    st.sampled_from(PEOPLE),
    st.sampled_from((0.0, 0.0, 0.05, 0.3, 3.0, 20.0)),
)


@settings(max_examples=150, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=25), seed=st.integers(0, 2**32), arrives=st.sampled_from((0.0, 0.5, 1.0)))
def test_after_quiet_each_crowd_knows_exactly_who_is_there(
    deeds: list[tuple[str, int, int, float]], seed: int, arrives: float
) -> None:
    async def example() -> None:
        await House(seed, arrives).live(deeds)

    run_quickly(example())
