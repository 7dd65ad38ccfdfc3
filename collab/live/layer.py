"""The node's link to the channel layer. Nobody ever waits for it: whatever the layer does, the site goes on."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from django.conf import settings

from collab.live import faults, journeys, metrics
from collab.live.line import Line
from collab.live.messages import Message, mark, pack, unpack
from collab.live.redis_layer import RedisLayer
from collab.live.tasks import end, run_until_one_fails

logger = structlog.get_logger(__name__)

#: Seconds from one failure to the next try.
RETRY = 1.0
#: Messages that wait for the layer; beyond it the oldest are given up, and the log makes up for them.
MOST_WAITING = 10_000
#: Topics whose messages are sent in one trip.
AT_ONCE = 100


def new_layer() -> RedisLayer:
    """The settings' channel layer, with connections of its own."""
    configured: dict[str, Any] = settings.CHANNEL_LAYERS["default"]
    return RedisLayer(**configured["CONFIG"])


async def send_once(batches: Sequence[tuple[str, list[Message]]]) -> None:
    """Publish from a process that has no sockets, and so no link. With the layer away the log makes up for it."""
    line = Line(new_layer(), lambda body: None, lambda: None)
    try:
        await line.send((topic, pack("", messages)) for topic, messages in batches)
    except Exception as error:  # noqa: BLE001 — redis-py raises a dozen kinds; what was committed stays committed.
        logger.warning("layer_down", error=error)
    finally:
        await line.close()


class LayerLink:
    """Hears topics and publishes on them, over one line after another.

    Whatever fails about a line, it is given up and a new one opened, on which everything wanted is heard again. What
    is published meanwhile waits.

    Args:
        node: name of this node; what it published itself is not heard.
        make_layer: makes a channel layer for a line.
        on_messages: is called with what the other nodes published.
        on_up: is called each time the link hears everything, having perhaps missed something before.
    """

    def __init__(
        self,
        node: str,
        make_layer: Callable[[], RedisLayer],
        on_messages: Callable[[list[Message]], None],
        on_up: Callable[[], None],
    ) -> None:
        self._node = node
        self._mark = mark(node)
        self._make_layer = make_layer
        self._on_messages = on_messages
        self._on_up = on_up
        self._line: Line | None = None
        self._wanted: set[str] = set()
        #: Topics that the line may have to add or discard, and the promises made to those who want them heard.
        self._changed: dict[str, asyncio.Future[None] | None] = {}
        self._promised: dict[str, asyncio.Future[None]] = {}
        self._has_changed = asyncio.Event()
        self._waiting: dict[str, list[Message]] = {}
        self._count = 0
        self._has_waiting = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Everything wanted is heard, and proven to be."""
        return self._line is not None and self._line.is_up

    @property
    def is_sure(self) -> bool:
        """The same, and nothing makes one doubt it at this moment."""
        return self._line is not None and self._line.is_sure

    @property
    def waiting(self) -> int:
        """Messages that are not sent yet."""
        return self._count

    def start(self) -> None:
        """Open the first line, and keep one open from now on."""
        self._keeper = asyncio.create_task(self._keep_open())

    async def stop(self) -> None:
        """Hear and publish no more."""
        if self._keeper is not None:
            await end([self._keeper])

    def add(self, topic: str) -> asyncio.Future[None]:
        """Hear a topic; done as soon as it is heard."""
        promise = self._changed.get(topic)
        if promise is None:
            promise = asyncio.get_running_loop().create_future()
            self._promised[topic] = promise
            promise.add_done_callback(lambda done: self._keep_no_more(topic, done))
        self._wanted.add(topic)
        self._change(topic, promise)
        return promise

    def promised(self, topic: str) -> "asyncio.Future[None] | None":
        """Done as soon as a topic is heard; None where it is already."""
        return self._promised.get(topic)

    def discard(self, topic: str) -> None:
        """Hear a topic no more."""
        self._wanted.discard(topic)
        _keep(self._changed.get(topic))
        self._change(topic, None)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Send messages to every other node that hears the topic. What waits for one topic is sent together."""
        self._waiting.setdefault(topic, []).extend(messages)
        self._count += len(messages)
        while self._count > MOST_WAITING:
            self._take()
        self._has_waiting.set()

    def gauges(self) -> dict[str, int]:
        """Topics that are wanted and that are heard, those in between, and what is not sent yet."""
        return {
            "wanted": len(self._wanted),
            "heard": len(self._line.topics) if self._line is not None else 0,
            "changing": len(self._changed),
            "waiting": self._count,
        }

    def _keep_no_more(self, topic: str, promise: "asyncio.Future[None]") -> None:
        if self._promised.get(topic) is promise:
            del self._promised[topic]

    def _change(self, topic: str, promise: asyncio.Future[None] | None) -> None:
        self._changed[topic] = promise
        self._has_changed.set()

    # --- lines -------------------------------------------------------------------------------------

    async def _keep_open(self) -> None:
        while True:
            try:
                await self._hold_line()
            except Exception as error:  # noqa: BLE001 — redis-py raises a dozen kinds; none may end the node.
                logger.warning("layer_down", error=error)
                metrics.LAYER_LOST.inc()
                faults.note("layer", f"The channel layer is away: {type(error).__name__}.")
            await asyncio.sleep(RETRY)

    async def _hold_line(self) -> None:
        line = Line(self._make_layer(), self._hear, self._is_up_again)
        try:
            await line.open(list(self._wanted))
            self._line = line
            await run_until_one_fails(line.receive(), line.sing(), self._follow(line), self._send(line))
        finally:
            self._line = None
            await line.close()

    def _is_up_again(self) -> None:
        logger.info("layer_up", topics=len(self._wanted))
        self._on_up()

    def _hear(self, body: bytes) -> None:
        if body.startswith(self._mark):
            return
        try:
            _, messages = unpack(body)
        except msgspec.DecodeError as error:
            logger.warning("body_unreadable", error=error)
            return
        self._on_messages(messages)

    async def _follow(self, line: Line) -> None:
        """Have the line hear what is wanted, and prove that it does before anybody is told so."""
        while True:
            heard: list[asyncio.Future[None]] = []
            try:
                await self._adjust(line, heard)
                if heard:
                    await line.prove()
            finally:
                # Also where the line fails: as soon as the next one is up, everything is looked up in the log.
                for promise in heard:
                    _keep(promise)
            if not self._changed:
                self._has_changed.clear()
                await self._has_changed.wait()

    async def _adjust(self, line: Line, heard: list[asyncio.Future[None]]) -> None:
        """Add and discard what has changed, and collect the promises of what is heard now."""
        changed = list(self._changed)
        await line.add([topic for topic in changed if topic in self._wanted and topic not in line.topics])
        await line.discard([topic for topic in changed if topic not in self._wanted and topic in line.topics])
        for topic in changed:
            # Only now: a line that failed leaves it to the next; and it may have changed once more.
            if (topic in self._wanted) == (topic in line.topics) and (promise := self._changed.pop(topic)):
                heard.append(promise)  # noqa: PERF401 — it changes what it looks at.

    async def _send(self, line: Line) -> None:
        """Send what waits, many topics at a time."""
        while True:
            while self._waiting:
                batch = [self._take() for _ in range(min(len(self._waiting), AT_ONCE))]
                try:
                    await line.send((topic, pack(self._node, messages)) for topic, messages in batch)
                    journeys.published(message for _, messages in batch for message in messages)
                except BaseException:
                    for topic, messages in batch:
                        self._put_back(topic, messages)
                    raise
            self._has_waiting.clear()
            await self._has_waiting.wait()

    def _take(self) -> tuple[str, list[Message]]:
        topic = next(iter(self._waiting))
        messages = self._waiting.pop(topic)
        self._count -= len(messages)
        return topic, messages

    def _put_back(self, topic: str, messages: list[Message]) -> None:
        self._waiting[topic] = messages + self._waiting.get(topic, [])
        self._count += len(messages)


def _keep(promise: asyncio.Future[None] | None) -> None:
    if promise is not None and not promise.done():
        promise.set_result(None)
