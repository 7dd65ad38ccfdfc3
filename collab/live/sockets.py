"""The sockets of this node and the topics they are on."""

import asyncio
from collections.abc import Iterable, Iterator

from collab.live.outlets import Outlet
from collab.live.topic import Subscription, Topic


class Sockets:
    """Which socket hears what. Nothing here waits for a log or for other nodes: that is the hub's."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        #: The topics that each socket was put on; it may be off some of them again. In a list: a set of a dozen names
        #: takes half a KiB more.
        self._put_on: dict[Outlet, list[str]] = {}
        self._gone = asyncio.Event()

    def __iter__(self) -> Iterator[Outlet]:
        """All sockets of this node, as they are now."""
        return iter(list(self._put_on))

    def __len__(self) -> int:
        return len(self._put_on)

    def __contains__(self, outlet: Outlet) -> bool:
        """Whether a socket is open."""
        return outlet in self._put_on

    def add(self, outlet: Outlet) -> None:
        """Know a socket; it hears nothing yet."""
        self._put_on[outlet] = []

    def remove(self, outlet: Outlet) -> list[str]:
        """Forget a socket; the topics that nobody is left on."""
        emptied = self.take_off(outlet, self._put_on.pop(outlet, []))
        self._gone.set()
        return emptied

    async def emptied(self) -> None:
        """Until no socket is left."""
        while self._put_on:
            self._gone.clear()
            await self._gone.wait()

    def gauges(self) -> dict[str, int]:
        """Sockets, topics, who is on them, and entries kept back."""
        topics = self.topics.values()
        return {
            "sockets": len(self._put_on),
            "topics": len(topics),
            "subscriptions": sum(len(topic.subscriptions) for topic in topics),
            "held": sum(topic.held() for topic in topics),
        }

    # --- topics --------------------------------------------------------------------------------------

    def put_on(self, outlet: Outlet, names: Iterable[str], since: int) -> list[str]:
        """Put a socket on topics, where entries up to `since` do not end it; the topics that nobody was on before.

        A socket that has gone meanwhile is put on nothing.
        """
        if outlet not in self:
            return []
        fresh = []
        mine = self._put_on[outlet]
        for name in names:
            if name not in self.topics:
                self.topics[name] = Topic(name)
                fresh.append(name)
            topic = self.topics[name]
            if topic.name not in mine:
                # The topic's own name: ten thousand sockets would hold each its copy.
                mine.append(topic.name)
            topic.subscriptions[outlet] = Subscription(outlet, since)
        return fresh

    def take_off(self, outlet: Outlet, names: Iterable[str]) -> list[str]:
        """Take a socket off topics; those that nobody is left on are forgotten, and returned."""
        emptied = []
        for name in names:
            topic = self.topics.get(name)
            if topic is None:
                continue
            topic.subscriptions.pop(outlet, None)
            if not topic.subscriptions:
                del self.topics[name]
                emptied.append(name)
        return emptied

    def end(self, outlet: Outlet, name: str) -> None:
        """Its owner is out, as an entry that was sent again has told."""
        if (topic := self.topics.get(name)) is not None:
            topic.end(outlet)

    # --- subscriptions -------------------------------------------------------------------------------

    def subscription(self, outlet: Outlet, name: str) -> Subscription | None:
        """A socket's place in a topic, if it is on it now."""
        topic = self.topics.get(name)
        return topic.subscriptions.get(outlet) if topic is not None else None

    def hears(self, outlet: Outlet, name: str) -> bool:
        """Whether a socket is on a topic now."""
        return self.subscription(outlet, name) is not None

    def is_live(self, outlet: Outlet, name: str) -> bool:
        """Whether a socket is on a topic now and has caught up with it."""
        subscription = self.subscription(outlet, name)
        return subscription is not None and subscription.is_live

    def heard_by(self, outlet: Outlet) -> list[str]:
        """The topics a socket is on now and has caught up with."""
        return [name for name in self._put_on.get(outlet, ()) if self.is_live(outlet, name)]

    def came(self, outlet: Outlet, name: str, since: int) -> None:
        """The socket's owner is in since that seq: a leaving of before it, which may still be on the way, is over."""
        if subscription := self.subscription(outlet, name):
            subscription.since = max(subscription.since, since)

    def forget_signals(self, outlet: Outlet) -> None:
        """Forget the signals that wait for the socket: it is about to be sent the state as read from now on."""
        for name in self._put_on.get(outlet, ()):
            if subscription := self.subscription(outlet, name):
                subscription.forget_signals()
