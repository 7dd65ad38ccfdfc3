"""Nodes that keep people online, over a table in the place of Redis.

No real one expires, forgets, is away or takes long just when and as long as a test wants; here, with
`tests.live.clocks`, none of it takes real time.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from collab.live.attendance import Attendance, Visible
from collab.live.presence import EXPIRY

TOPIC = "workspace.1"


class Table:
    """What Redis keeps, while it is there; an answer takes as long as `takes` says."""

    def __init__(self) -> None:
        self.is_away = False
        self._until: dict[str, float] = {}

    def takes(self) -> float:
        return 0.0

    async def _answers(self) -> bool:
        await asyncio.sleep(self.takes())
        return not self.is_away

    async def keep(self, connections: Iterable[tuple[str, str]], seconds: int = EXPIRY) -> bool:
        words = list(connections)
        if not await self._answers():
            return False
        now = asyncio.get_running_loop().time()
        self._until |= {entry: now + seconds for _, entry in words}
        return True

    async def online(self, topics: Collection[str]) -> Mapping[str, frozenset[int]] | None:
        if not await self._answers():
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
    #: When it was told of whom: (seconds, who came, who went).
    told: list[tuple[float, set[int], set[int]]] = field(default_factory=list)


class Node:
    """An attendance and its sockets."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.sockets: list[Socket] = []
        self.attendance = Attendance(house.table, self.tell, house.hint_others(self))  # type: ignore[arg-type]
        self.attendance.start()

    def tell(self, sockets: Sequence[Any], topic: str, came: frozenset[int], went: frozenset[int]) -> None:
        assert came or went, "Nothing was told"
        assert not came & went, "Told both at once"
        assert not went & {socket.owner for socket in self.sockets}, "Told of somebody gone who is here"
        for socket in sockets:
            assert socket.visible is None or came | went <= socket.visible, "A guest was told of a stranger"
            socket.believed = (socket.believed | came) - went
            socket.told.append((asyncio.get_running_loop().time(), set(came), set(went)))

    async def come(self, owner: int, visible: Visible = None) -> Socket:
        socket = Socket(owner, visible)
        socket.believed |= (await self.attendance.come(socket, {TOPIC: visible}))[TOPIC]  # type: ignore[arg-type]
        self.sockets.append(socket)
        return socket

    def go(self, socket: Socket) -> None:
        self.sockets.remove(socket)
        self.attendance.go(socket)  # type: ignore[arg-type]

    async def die(self) -> None:
        """Without a goodbye: what it kept stays behind."""
        self.sockets.clear()
        await self.attendance.stop()


class House:
    """Nodes that share a table; `arrives` is how likely a hint from one to another is to."""

    def __init__(self, nodes: int = 1, *, arrives: float = 1.0, chance: Random | None = None) -> None:
        self.chance = chance or Random(0)
        self.arrives = arrives
        self.table = Table()
        self.nodes: list[Node] = []
        self.nodes += [Node(self) for _ in range(nodes)]

    def hint_others(self, node: Node) -> Any:
        def hint(topic: str) -> None:
            for other in self.nodes:
                if other is not node and self.chance.random() < self.arrives:
                    other.attendance.hint(topic)

        return hint

    async def end(self) -> None:
        for node in self.nodes:
            await node.die()
