"""This node's part in presence: keeps its own sockets online, and tells them who comes and goes."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field

from collab.live.outlets import Outlet
from collab.live.presence import GRACE, REFRESH, PresenceStore, member

logger = logging.getLogger(__name__)

#: Seconds between two tellings of a topic: what changes in between is told together.
COLLECT = 2.0


@dataclass(slots=True)
class Crowd:
    """The sockets that watch one topic, and who was online when they were last told."""

    #: Whom each socket may know of; None: everyone.
    watchers: dict[Outlet, frozenset[int] | None] = field(default_factory=dict)
    online: frozenset[int] = frozenset()
    told_at: float = float("-inf")
    is_due: bool = False


class Attendance:
    """Who is online, for the sockets of this node.

    Args:
        store: where presence is kept.
        tell: is called with an outlet, a topic, and the ids who came and who went.
        nudge: tells the other nodes that a topic has changed.
    """

    def __init__(
        self,
        store: PresenceStore,
        tell: Callable[[Outlet, str, frozenset[int], frozenset[int]], None],
        nudge: Callable[[str], None],
    ) -> None:
        self._store = store
        self._tell = tell
        self._nudge = nudge
        self._crowds: dict[str, Crowd] = {}
        self._connections: dict[Outlet, tuple[str, dict[str, frozenset[int] | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to refresh."""
        self._spawn(self._refresh())

    async def stop(self) -> None:
        """Stop refreshing; what this node has kept expires."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.close()

    async def come(self, outlet: Outlet, topics: Mapping[str, frozenset[int] | None]) -> Mapping[str, frozenset[int]]:
        """A socket is here: it counts as online in these topics and is told of those it may know of.

        Returns:
            Who is online in each topic now, of those.
        """
        entry = member(outlet.owner, uuid.uuid4().hex[:12])
        self._connections[outlet] = (entry, dict(topics))
        await self._store.keep([(topic, entry) for topic in topics])
        online = await self._store.online(list(topics)) or {}
        for topic, visible in topics.items():
            if outlet in self._connections:
                self._watch(topic, outlet, visible, online.get(topic, frozenset()))
                self._changed(topic)
        return {topic: _seen(people, topics[topic]) for topic, people in online.items()}

    async def go(self, outlet: Outlet) -> None:
        """A socket is gone; its person stays online for a moment, in case they are only turning a page."""
        entry, topics = self._connections.pop(outlet, ("", {}))
        for topic in topics:
            crowd = self._crowds.get(topic)
            if crowd is not None:
                crowd.watchers.pop(outlet, None)
                if not crowd.watchers:
                    del self._crowds[topic]
        if await self._store.keep([(topic, entry) for topic in topics], seconds=GRACE):
            self._spawn(self._goodbye(list(topics)))

    def hint(self, topic: str) -> None:
        """Another node says that a topic has changed: look, at once or when the last telling is old enough."""
        crowd = self._crowds.get(topic)
        if crowd is not None and not crowd.is_due:
            crowd.is_due = True
            wait = crowd.told_at + COLLECT - asyncio.get_running_loop().time()
            self._spawn(self._look(topic, max(0.0, wait)))

    def _watch(self, topic: str, outlet: Outlet, visible: frozenset[int] | None, online: frozenset[int]) -> None:
        crowd = self._crowds.setdefault(topic, Crowd(online=online))
        crowd.watchers[outlet] = visible

    def _changed(self, topic: str) -> None:
        self.hint(topic)
        self._nudge(topic)

    async def _goodbye(self, topics: Collection[str]) -> None:
        await asyncio.sleep(GRACE + 1)
        for topic in topics:
            self._changed(topic)

    async def _look(self, topic: str, wait: float) -> None:
        await asyncio.sleep(wait)
        crowd = self._crowds.get(topic)
        if crowd is None:
            return
        crowd.is_due = False
        crowd.told_at = asyncio.get_running_loop().time()
        online = (await self._store.online([topic]) or {}).get(topic)
        if online is not None:
            self._tell_crowd(topic, crowd, online)

    def _tell_crowd(self, topic: str, crowd: Crowd, online: frozenset[int]) -> None:
        came, went = online - crowd.online, crowd.online - online
        crowd.online = online
        if not came and not went:
            return
        for outlet, visible in list(crowd.watchers.items()):
            theirs = _seen(came, visible), _seen(went, visible)
            if any(theirs):
                self._tell(outlet, topic, *theirs)

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH)
            await self._store.keep([(topic, entry) for entry, topics in self._connections.values() for topic in topics])
            for topic in list(self._crowds):
                self.hint(topic)

    def _spawn(self, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _seen(people: frozenset[int], visible: frozenset[int] | None) -> frozenset[int]:
    return people if visible is None else people & visible
