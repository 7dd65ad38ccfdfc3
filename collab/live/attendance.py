"""This node's part in presence: keeps its own sockets online, and tells them who comes and goes."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from collab.live.outlets import Outlet
from collab.live.presence import GRACE, REFRESH, PresenceStore, member
from collab.live.tasks import Background
from collab.live.turns import Turns

#: Seconds between two tellings of a topic: what changes in between is told together.
COLLECT = 2.0
#: Seconds that the first socket of a topic waits to be told who is there; later it is told as people come.
FIRST_LOOK = 0.2

#: Turns of refreshing in each `REFRESH`: those who are here have one of them each.
TURNS = 20

#: Seconds in which topics that change are gathered, to have the other nodes look at each once.
GATHER = 0.05

Visible = frozenset[int] | None
Tell = Callable[[Sequence[Outlet], str, frozenset[int], frozenset[int]], None]


@dataclass(slots=True)
class Crowd:
    """The sockets that watch one topic, and who was online when they were last told."""

    #: Whom each socket may know of; None: everyone.
    watchers: dict[Outlet, Visible] = field(default_factory=dict)
    online: frozenset[int] = frozenset()
    told_at: float = float("-inf")
    is_due: bool = False

    def groups(self) -> Mapping[Visible, list[Outlet]]:
        """The sockets by whom they may know of: what all of one group are told is the same."""
        groups: dict[Visible, list[Outlet]] = {}
        for outlet, visible in self.watchers.items():
            groups.setdefault(visible, []).append(outlet)
        return groups


@dataclass(frozen=True, slots=True)
class Place:
    """A socket's place in presence: its member, in which topics, and the writing of it there."""

    entry: str
    topics: Collection[str]
    written: asyncio.Task[None]


class Attendance:
    """Who is online, for the sockets of this node. Nobody waits for Redis, beyond a moment at the first look.

    Args:
        store: where presence is kept.
        tell: is called with outlets, a topic, and the ids who came and who went.
        nudge: tells the other nodes that a topic has changed.
    """

    def __init__(self, store: PresenceStore, tell: Tell, nudge: Callable[[str], None]) -> None:
        self._store = store
        self._tell = tell
        self._nudge = nudge
        self._crowds: dict[str, Crowd] = {}
        self._places: dict[Outlet, Place] = {}
        self._refreshing: set[asyncio.Task[None]] = set()
        self._to_nudge: set[str] = set()
        self._background = Background()

    def start(self) -> None:
        """Begin to refresh."""
        self._background.run(self._refresh_always())

    async def stop(self) -> None:
        """Stop refreshing; what this node has kept expires."""
        await self._background.end()
        await self._store.close()

    async def come(self, outlet: Outlet, topics: Mapping[str, Visible]) -> Mapping[str, frozenset[int]]:
        """A socket is here: it counts as online in these topics and is told of those it may know of.

        Returns:
            Who is online in each topic, of those, as this node knows.
        """
        entry = member(outlet.owner, uuid.uuid4().hex[:12])
        fresh = [topic for topic in topics if topic not in self._crowds]
        arriving = self._background.run(self._arrive(outlet, entry, tuple(topics), fresh))
        self._places[outlet] = Place(entry, tuple(topics), arriving)
        if fresh:
            await asyncio.wait([arriving], timeout=FIRST_LOOK)
        return {topic: self._watch(topic, outlet, visible) for topic, visible in topics.items()}

    def go(self, outlet: Outlet) -> None:
        """A socket is gone; its person stays online for a moment, in case they are only turning a page."""
        place = self._places.pop(outlet, None)
        if place is None:
            return
        for topic in place.topics:
            crowd = self._crowds.get(topic)
            if crowd is not None:
                crowd.watchers.pop(outlet, None)
                if not crowd.watchers:
                    del self._crowds[topic]
        self._background.run(self._depart(place))

    def watched_by(self, outlet: Outlet) -> dict[str, Visible]:
        """By topic, whom a socket is told of."""
        place = self._places.get(outlet)
        crowds = {topic: self._crowds.get(topic) for topic in (place.topics if place else ())}
        return {topic: crowd.watchers[outlet] for topic, crowd in crowds.items() if crowd and outlet in crowd.watchers}

    def hint(self, topic: str) -> None:
        """Another node says that a topic has changed: look, at once or when the last telling is old enough."""
        crowd = self._crowds.get(topic)
        if crowd is not None and not crowd.is_due:
            crowd.is_due = True
            wait = crowd.told_at + COLLECT - asyncio.get_running_loop().time()
            self._background.run(self._look(topic, max(0.0, wait)))

    def refresh(self) -> None:
        """Redis may have lost everything: tell it anew who is here."""
        self._refresh(list(self._places.values()), list(self._crowds))

    def gauges(self) -> dict[str, int]:
        """Connections that are kept online, crowds and their watchers, and tasks."""
        return {
            "connections": len(self._places),
            "crowds": len(self._crowds),
            "watchers": sum(len(crowd.watchers) for crowd in self._crowds.values()),
            "tasks": len(self._background),
        }

    def _watch(self, topic: str, outlet: Outlet, visible: Visible) -> frozenset[int]:
        """Begin where the others of the crowd are, so that what they are told next is true for this socket too."""
        crowd = self._crowds.setdefault(topic, Crowd())
        crowd.watchers[outlet] = visible
        return _seen(crowd.online | {outlet.owner}, visible)

    async def _arrive(self, outlet: Outlet, entry: str, topics: Collection[str], fresh: Collection[str]) -> None:
        await self._store.keep([(topic, entry) for topic in topics])
        online = await self._store.online(fresh) or {}
        if outlet in self._places:
            for topic, people in online.items():
                self._tell_crowd(topic, self._crowds.setdefault(topic, Crowd()), people)
        for topic in topics:
            self._changed(topic)

    async def _depart(self, place: Place) -> None:
        # Whatever is on its way to Redis and says that the socket is here must not come after this.
        await asyncio.wait({place.written, *self._refreshing})
        if await self._store.keep([(topic, place.entry) for topic in place.topics], seconds=GRACE):
            await asyncio.sleep(GRACE + 1)
            for topic in place.topics:
                self._changed(topic)

    def _changed(self, topic: str) -> None:
        """Look soon, and have the others look: once for all who come or go at about the same time."""
        self.hint(topic)
        if not self._to_nudge:
            self._background.run(self._nudge_soon())
        self._to_nudge.add(topic)

    async def _nudge_soon(self) -> None:
        await asyncio.sleep(GATHER)
        topics, self._to_nudge = self._to_nudge, set()
        for topic in topics:
            self._nudge(topic)

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
        # Whoever has a socket here is here, whatever Redis has forgotten.
        online |= {outlet.owner for outlet in crowd.watchers}
        came, went = online - crowd.online, crowd.online - online
        crowd.online = online
        if not came and not went:
            return
        for visible, outlets in crowd.groups().items():
            theirs = _seen(came, visible), _seen(went, visible)
            if any(theirs):
                self._tell(outlets, topic, *theirs)

    def _refresh(self, places: Collection[Place], topics: Collection[str]) -> None:
        task = self._background.run(self._keep(places, topics))
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    async def _keep(self, places: Collection[Place], topics: Collection[str]) -> None:
        if places:
            await self._store.keep([(topic, place.entry) for place in places for topic in place.topics])
        for topic in topics:
            self.hint(topic)

    async def _refresh_always(self) -> None:
        pause = REFRESH / TURNS
        of_places, of_crowds = Turns(REFRESH - pause), Turns(REFRESH - pause)
        while True:
            await asyncio.sleep(pause)
            places = [place for _, place in of_places.take(self._places)]
            topics = [topic for topic, _ in of_crowds.take(self._crowds)]
            if places or topics:
                self._refresh(places, topics)


def _seen(people: frozenset[int], visible: Visible) -> frozenset[int]:
    return people if visible is None else people & visible
