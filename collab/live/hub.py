"""The hub: brings what is published on topics to the sockets of this node, in order.

One a process. It holds a single channel of the layer; an event reaches the process once, is encoded once, and
is written to each socket that hears its topic. The layer is only a hint: what counts is the log.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from collab.live import gauges, metrics
from collab.live.backfill import CHUNK, Backfill, Log
from collab.live.echoes import Echoes
from collab.live.errors import Close, CodedError
from collab.live.layer import LayerLink
from collab.live.messages import Join, Message
from collab.live.outlets import Outlet
from collab.live.redis_layer import RedisLayer
from collab.live.sockets import Sockets
from collab.live.tasks import Background
from collab.live.topic import Topic

#: Seconds that a socket waits for the layer to hear its topics; whatever is heard later is looked up in the log.
HEARD_WITHIN = 0.5
#: The topic that the nodes themselves hear, and what one says there that was deaf.
NODES, SAY_AGAIN = "nodes", "say_again"


class Hub:
    """The topics of this node.

    Args:
        make_layer: makes a channel layer, which carries messages between nodes.
        log: has everything that a topic with seqs ever said, or said lately.
        on_up: is called each time the layer is back, having perhaps lost what was said.
    """

    def __init__(
        self, make_layer: Callable[[], RedisLayer], log: Log, on_up: Callable[[], None] = lambda: None
    ) -> None:
        self.node = uuid.uuid4().hex[:12]
        self.sockets = Sockets()
        self.topics = self.sockets.topics
        #: Control words that are for the node and not for each socket: kind → called with the topic.
        self.words: dict[str, Callable[[str], None]] = {SAY_AGAIN: lambda topic: self._echoes.say_soon()}
        self._log = log
        self._backfill = Backfill(self.topics, log, self._part)
        self._link = LayerLink(self.node, make_layer, on_messages=self.deliver, on_up=self._layer_is_up)
        self._echoes = Echoes(lambda message: self._link.publish(message.topic, [message]), lambda: self.is_up)
        self._on_up = on_up
        self._background = Background()

    def start(self) -> None:
        """Begin to hear the other nodes."""
        gauges.register("hub", self.gauges)
        gauges.register("layer", self._link.gauges)
        self._link.add(NODES)
        self._link.start()
        self._background.run(self._backfill.watch(lambda: self.is_sure))

    async def stop(self) -> None:
        """Hear nothing more."""
        await self._background.end()
        await self._echoes.stop()
        await self._backfill.stop()
        await self._link.stop()

    @property
    def is_up(self) -> bool:
        """This node hears the others at once."""
        return self._link.is_up

    @property
    def waiting(self) -> int:
        """Messages that wait for the layer."""
        return self._link.waiting

    @property
    def is_sure(self) -> bool:
        """And there is no doubt of it; while there is, this node looks into the log every second."""
        return self._link.is_sure

    def _layer_is_up(self) -> None:
        """The others may not have heard this node, nor it them."""
        self._backfill.check_soon()
        self._echoes.say_soon()
        self._link.publish(NODES, [Message(topic=NODES, control=(SAY_AGAIN, ""))])
        self._on_up()

    # --- sockets -----------------------------------------------------------------------------------

    def close(self, outlet: Outlet) -> None:
        """Forget a socket and whatever it heard."""
        self._discard(self.sockets.remove(outlet))

    def gauges(self) -> dict[str, int]:
        """Sockets, topics, who is on them, entries kept back, what may be said again, and tasks."""
        return {**self.sockets.gauges(), "echoes": len(self._echoes), "tasks": len(self._background)}

    def passed(self, name: str) -> int:
        """Seq up to which the topic's entries were passed on here; 0 where it has no open gate."""
        topic = self.topics.get(name)
        return topic.gate.last if topic is not None and topic.gate is not None else 0

    def check_soon(self, names: Iterable[str]) -> None:
        """Look in the background whether the log has more of these topics than was passed on here."""
        self._backfill.check_soon(names)

    async def listen(self, outlet: Outlet, names: Iterable[str], since: int = 0) -> None:
        """Put the socket on topics, where all but control words waits until each subscription goes live.

        Entries up to `since` no longer end it. A socket that has gone meanwhile is put on nothing.
        """
        wanted = list(names)
        for name in self.sockets.put_on(outlet, wanted, since):
            self._link.add(name)
        await self._hear(wanted)

    def leave(self, outlet: Outlet, names: Iterable[str]) -> None:
        """Take the socket off topics; a topic without a socket is no longer heard."""
        self._discard(self.sockets.take_off(outlet, names))

    def _part(self, topic: Topic) -> None:
        """Part from everyone on a topic whose missing entries are no longer kept: they come back and begin anew.

        Who may hear it may have changed with one of these. They are taken off at once, and the topic goes with its
        gate: nobody looks for what is missing any more, and whoever comes next starts at the log's head.
        """
        for outlet in list(topic.subscriptions):
            self.leave(outlet, [topic.name])
            outlet.close(Close.GOING_AWAY)

    def _discard(self, names: Iterable[str]) -> None:
        for name in names:
            self._link.discard(name)

    def go_live(self, outlet: Outlet, names: Iterable[str]) -> None:
        """Send the signals that waited on topics without a log, and from now on at once."""
        for name in names:
            subscription = self.sockets.subscription(outlet, name)
            for message in subscription.go_live(0) if subscription is not None else ():
                if message.join is not None:
                    self._bring(outlet, message.join)

    async def _hear(self, names: list[str]) -> None:
        """Until the layer hears topics, if it can soon; a head read before it does may be old by then."""
        promises = {promise: name for name in names if (promise := self._link.promised(name)) is not None}
        if promises and self._link.is_up:
            await asyncio.wait(promises, timeout=HEARD_WITHIN)
        late = {promise: name for promise, name in promises.items() if not promise.done()}
        if late:
            # What is said before they are heard may come too late for the head that is read next.
            self._background.run(self._check_once_heard(late))

    async def _check_once_heard(self, late: Mapping[asyncio.Future[None], str]) -> None:
        await asyncio.wait(late)
        await self._backfill.check(late.values())

    async def subscribe(self, outlet: Outlet, name: str, after: int) -> None:
        """Put the socket on a topic with a log and send it everything after a seq, then what comes.

        Where the log cannot be read, the socket is asked to come back and resume.
        """
        await self.listen(outlet, [name], since=after)
        if not self.sockets.hears(outlet, name):
            return
        try:
            head = (await self._log.heads([name])).get(name, after)
            self.open_gate(name, head)
            await self.catch_up(outlet, name, after, head)
        except CodedError:
            outlet.close(Close.GOING_AWAY)

    def open_gate(self, name: str, head: int) -> None:
        """The topic's head as read after listening to it; where the gate is open already nothing changes."""
        topic = self.topics.get(name)
        if topic is not None:
            topic.open_gate(head)
            self._backfill.mind_gap(topic)
            self._backfill.expect(topic, head)

    def expect(self, name: str, head: int) -> None:
        """The log of a topic is known to have this head, from wherever: see to it that it comes."""
        topic = self.topics.get(name)
        if topic is not None:
            self._backfill.expect(topic, head)

    async def catch_up(self, outlet: Outlet, name: str, after: int, head: int) -> None:
        """Send a socket the log from `after` to `head`, then let its subscription go live.

        The gate may have passed more by then, to others: that is read too, and between the last look at it and going
        live nothing is awaited. The entry that ends the subscription is the last that is sent.

        Raises:
            Trimmed: the log is not whole from there on any more; nothing was sent since it was.
        """
        subscription = self.sockets.subscription(outlet, name)
        if subscription is None:
            return
        while after < max(head, self.passed(name)):
            entries = await self._log.read_after(name, after, CHUNK)
            if not entries or self.sockets.subscription(outlet, name) is not subscription:
                break
            for entry in entries:
                await outlet.ready()
                subscription.write(entry)
                metrics.RESENT.inc()
                if subscription.is_ended_by(entry):
                    self.sockets.end(outlet, name)
                    return
            after = entries[-1].seq
        subscription.go_live(after)

    # --- messages ----------------------------------------------------------------------------------

    def publish(self, messages: Sequence[Message]) -> None:
        """Deliver to this node's sockets at once, and send to the other nodes. Called on the loop."""
        for name, group in groupby(messages, key=lambda message: message.topic):
            batch = list(group)
            try:
                self.deliver(batch)
            finally:
                self._link.publish(name, batch)
            for message in batch:
                self._echoes.keep(message)

    def deliver(self, messages: Iterable[Message]) -> None:
        """Bring messages to the sockets of this node."""
        for message in messages:
            topic = self.topics.get(message.topic)
            if message.control is not None and (word := self.words.get(message.control[0])):
                # Also where no socket is on the topic.
                word(message.topic)
            elif topic is not None:
                self._deliver(topic, message)

    def _deliver(self, topic: Topic, message: Message) -> None:
        if message.seq:
            topic.offer([message])
            self._backfill.mind_gap(topic)
        else:
            topic.signal(message)
        if message.join is not None:
            for outlet, subscription in topic.subscriptions.items():
                if subscription.is_live:
                    self._bring(outlet, message.join)

    def _bring(self, outlet: Outlet, join: Join) -> None:
        if self.sockets.hears(outlet, join.topic):
            self.sockets.came(outlet, join.topic, join.after)
        else:
            self._background.run(self.subscribe(outlet, join.topic, join.after))
