"""The hub: brings what is published on topics to the sockets of this node, in order.

One a process. It holds a single channel of the layer; an event reaches the process once, is encoded once, and
is written to each socket that hears its topic. The layer is only a hint: what counts is the log, which the hub
reads wherever the hint shows a gap, and looks at from time to time in case a hint was lost.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Protocol

import msgspec
from channels.layers import BaseChannelLayer

from collab.live.errors import CodedError
from collab.live.layer import LayerLink
from collab.live.messages import Join, Message, pack, unpack
from collab.live.outlets import Outlet
from collab.live.topic import Subscription, Topic

logger = logging.getLogger(__name__)

#: Seconds an early entry waits for the one before it; then the log is read.
PATIENCE = 0.02
#: Seconds between two looks at the heads of all topics: the net under a lost hint.
HEAD_CHECK = 30.0
#: Entries read from the log at a time.
CHUNK = 500


class Log(Protocol):
    """Where the hub reads what it missed. Topics without a log have no head."""

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        """The seq of each topic's newest entry."""

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        """The topic's entries from `after` + 1 on, in order."""


class Hub:
    """The topics of this node.

    Args:
        layer: carries messages between nodes.
        log: has everything that a topic with seqs ever said.
    """

    def __init__(self, layer: BaseChannelLayer, log: Log) -> None:
        self.node = uuid.uuid4().hex[:12]
        self.topics: dict[str, Topic] = {}
        #: Control words that are for the node and not for each socket: kind → called with the topic.
        self.words: dict[str, Callable[[str], None]] = {}
        self._heard: dict[Outlet, set[str]] = {}
        self._log = log
        self._link = LayerLink(layer, self._on_body)
        self._gone = asyncio.Event()
        self._filling: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to hear the other nodes."""
        await self._link.start()
        self._spawn(self._watch_heads())

    async def stop(self) -> None:
        """Hear nothing more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._link.stop()

    # --- sockets -----------------------------------------------------------------------------------

    @property
    def outlets(self) -> list[Outlet]:
        """All sockets of this node."""
        return list(self._heard)

    def open(self, outlet: Outlet) -> None:
        """Know a socket; it hears nothing yet."""
        self._heard[outlet] = set()

    async def close(self, outlet: Outlet) -> None:
        """Forget a socket and whatever it heard."""
        await self.leave(outlet, self._heard.pop(outlet, set()))
        self._gone.set()

    async def emptied(self) -> None:
        """Until no socket is left."""
        while self._heard:
            self._gone.clear()
            await self._gone.wait()

    async def listen(self, outlet: Outlet, names: Iterable[str]) -> dict[str, Subscription]:
        """Put the socket on topics. Log entries wait until each subscription goes live; signals come at once.

        A socket that has gone meanwhile is put on nothing.
        """
        made: dict[str, Subscription] = {}
        fresh = []
        for name in names:
            if outlet not in self._heard:
                return made
            if name not in self.topics:
                self.topics[name] = Topic(name)
                fresh.append(name)
            self._heard[outlet].add(name)
            made[name] = self.topics[name].subscriptions[outlet] = Subscription(outlet)
        for name in fresh:
            await self._link.add(name)
        return made

    async def subscribe(self, outlet: Outlet, name: str, after: int) -> None:
        """Put the socket on a topic with a log and send it everything after a seq, then what comes."""
        subscription = (await self.listen(outlet, [name])).get(name)
        if subscription is None:
            return
        head = (await self._log.heads([name])).get(name, after)
        self.open_gate(name, head)
        subscription.since = after
        await self.catch_up(subscription, name, after, head)

    def open_gate(self, name: str, head: int) -> None:
        """The topic's head as read after listening to it; where the gate is open already nothing changes."""
        topic = self.topics.get(name)
        if topic is not None:
            topic.open_gate(head)

    async def catch_up(self, subscription: Subscription, name: str, after: int, head: int) -> None:
        """Send a subscription the log from `after` to `head`, then let it go live.

        The gate may have passed more by then, to others: that is read too, and between the last look at it and going
        live nothing is awaited.
        """
        while after < self._passed(name, head):
            entries = await self._log.read_after(name, after, CHUNK)
            if not entries:
                break
            for entry in entries:
                await subscription.outlet.ready()
                subscription.outlet.send(entry.frame)
            after = entries[-1].seq
        subscription.go_live(after)

    def _passed(self, name: str, head: int) -> int:
        topic = self.topics.get(name)
        return max(head, topic.gate.last) if topic is not None and topic.gate is not None else head

    async def leave(self, outlet: Outlet, names: Iterable[str]) -> None:
        """Take the socket off topics; a topic without a socket is no longer heard."""
        for name in names:
            topic = self.topics.get(name)
            if topic is None:
                continue
            topic.subscriptions.pop(outlet, None)
            if not topic.subscriptions:
                del self.topics[name]
                await self._link.discard(name)

    # --- messages ----------------------------------------------------------------------------------

    def publish(self, messages: Sequence[Message]) -> None:
        """Deliver to this node's sockets at once, and send to the other nodes. Called on the loop."""
        for name, group in groupby(messages, key=lambda message: message.topic):
            batch = list(group)
            self.deliver(batch)
            self._spawn(self._link.publish(name, pack(self.node, batch)))

    def deliver(self, messages: Iterable[Message]) -> None:
        """Bring messages to the sockets of this node."""
        for message in messages:
            topic = self.topics.get(message.topic)
            if topic is not None:
                self._deliver(topic, message)

    def _deliver(self, topic: Topic, message: Message) -> None:
        if message.seq:
            topic.offer([message])
            self._mind_gap(topic)
        elif message.control is not None and (word := self.words.get(message.control[0])):
            word(topic.name)
        else:
            topic.signal(message)
        if message.join is not None:
            self._bring(topic, message.join)

    def _on_body(self, body: bytes) -> None:
        try:
            node, messages = unpack(body)
        except msgspec.DecodeError as error:
            logger.warning("A body on the channel layer is not of this version: %s", error)
            return
        if node != self.node:
            self.deliver(messages)

    def _bring(self, topic: Topic, join: Join) -> None:
        joined = self.topics.get(join.topic)
        for outlet in topic.subscriptions:
            if joined is not None and (known := joined.subscriptions.get(outlet)):
                # Its leaving, of before this, may still be on the way.
                known.since = max(known.since, join.after)
            else:
                self._spawn(self.subscribe(outlet, join.topic, join.after))

    # --- the log -----------------------------------------------------------------------------------

    def _mind_gap(self, topic: Topic) -> None:
        if topic.gate is not None and topic.gate.is_waiting and topic.name not in self._filling:
            self._filling.add(topic.name)
            self._spawn(self._fill(topic, patience=PATIENCE))

    async def _fill(self, topic: Topic, patience: float = 0.0) -> None:
        """Give what is missing a moment to arrive, then read it from the log."""
        try:
            await asyncio.sleep(patience)
            while topic.gate is not None and (topic.gate.is_waiting or not patience):
                entries = await self._log.read_after(topic.name, topic.gate.last, CHUNK)
                topic.offer(entries)
                if len(entries) < CHUNK:
                    break
        except CodedError as error:
            logger.warning("Cannot read the log of %s: %s", topic.name, error)
        finally:
            self._filling.discard(topic.name)

    async def check_heads(self) -> None:
        """Compare every topic with its log and read what is missing: finds a gap that no later entry shows."""
        gated = [name for name, topic in self.topics.items() if topic.gate is not None]
        for name, head in (await self._log.heads(gated)).items():
            topic = self.topics.get(name)
            if topic is not None and topic.gate is not None and topic.gate.last < head:
                await self._fill(topic)

    async def _watch_heads(self) -> None:
        while True:
            await asyncio.sleep(HEAD_CHECK)
            try:
                await self.check_heads()
            except CodedError as error:
                logger.warning("Cannot check the heads: %s", error)

    def _spawn(self, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
