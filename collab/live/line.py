"""One life of a node's connection to the channel layer, from its opening until something about it fails."""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import structlog

from collab.live.redis_layer import RedisLayer

logger = structlog.get_logger(__name__)

#: Seconds the layer has for any one call.
WITHIN = 2.0
#: Seconds between two canaries.
CANARY = 1.0
#: Seconds after which a canary is overdue: the line is not given up for that, but nobody relies on it meanwhile.
OVERDUE = 0.5
#: Turns of the loop that a canary takes at most, there and back. Where a crowd arrives a turn is long, and the canary
#: late for that: to doubt the layer then, and so look at everything each second, would make it longer still.
TURNS = 6
#: Seconds of a turn that are allowed for: a process that was stopped for a minute has good reason to doubt.
LONGEST_TURN = 0.5
#: Canaries in a row that may go unheard; at the next the node counts as deaf.
UNHEARD = 3
#: Topics that are heard, or no longer, by one command.
AT_ONCE = 500
#: Times that closing is tried.
CLOSE_TRIES = 3


class Deaf(Exception):
    """What the node says to itself through the layer does not come back."""


class Line:
    """One channel of the layer, added to the group of each topic that is heard, with a canary on it.

    A subscriber can be cut off, or hang for good, while publishing goes on as if nothing were wrong; only hearing one's
    own canary proves the whole way. The line counts as whole (`is_up`) once it has heard a canary that was sent after
    the last time it subscribed.

    Args:
        layer: a channel layer of its own.
        on_body: is called with each body that arrives.
        on_up: is called each time the line is proven whole: what was said before may have been missed.
    """

    def __init__(self, layer: RedisLayer, on_body: Callable[[bytes], None], on_up: Callable[[], None]) -> None:
        self.topics: set[str] = set()
        self.is_up = False
        self._layer = layer
        self._on_body = on_body
        self._on_up = on_up
        self._channel = ""
        #: What could not be handed on.
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._canary = f"canary.{uuid.uuid4().hex}"
        self._sent = self._heard = self._unproven = 0
        #: When the oldest canary that is not heard yet was sent, or later.
        self._sung_at = 0.0
        #: Seconds by which the loop came late to the newest canary: about what a turn of it takes.
        self._turn = 0.0
        self._proofs: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def is_sure(self) -> bool:
        """It is whole, and no canary is overdue: what hangs is doubted long before it counts as deaf."""
        return self.is_up and (self._sent == self._heard or _now() < self._sung_at + OVERDUE + TURNS * self._turn)

    async def open(self, topics: Iterable[str]) -> None:
        """Begin to hear the topics. Raises whatever the layer raises."""
        self._channel = await _soon(self._layer.new_channel())
        self._layer.hear(self._channel, self._take)
        await self.add(topics)
        await _soon(self._layer.group_add(self._canary, self._channel))
        self._layer.on_subscriber_reconnect(self._reconnected)

    async def add(self, topics: Iterable[str]) -> None:
        """Hear topics. Raises whatever the layer raises."""
        for some in _slices(topics):
            await _soon(self._layer.groups_add(some, self._channel))
            self.topics.update(some)

    async def discard(self, topics: Iterable[str]) -> None:
        """Hear topics no more. Raises whatever the layer raises."""
        for some in _slices(topics):
            self.topics.difference_update(some)
            await _soon(self._layer.groups_discard(some))

    async def send(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Send each body to every node that hears its topic, this one too. Raises whatever the layer raises."""
        await _soon(self._layer.groups_send((topic, {"type": "live", "body": body}) for topic, body in bodies))

    async def receive(self) -> None:
        """Wait, for ever, while what arrives is handed on. Raises whatever that raises."""
        await self._failure

    def _take(self, data: bytes) -> None:
        if self._failure.done():
            # It is over: what still comes is looked for when the next line is up.
            return
        try:
            message = self._layer.deserialize(data)
            if message["type"] == "canary":
                self._hear(message["number"])
            else:
                self._on_body(message["body"])
        except Exception as error:  # noqa: BLE001 — whatever it is, it ends the line, and is told with that.
            self._failure.set_exception(error)

    async def prove(self) -> None:
        """Return once the layer has carried out all that was asked before.

        Subscribing is only sent: a publish of somebody else's may overtake it by far, a canary, which is sent after it
        though on another connection, by no more than Redis takes for what it has read already.

        Raises:
            TimeoutError: no canary came back.
        """
        proof: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Before it is sent: it may be back before the layer has said that it has it.
        self._proofs.append((self._sent + 1, proof))
        await self._sing_once()
        await _soon(proof)

    async def sing(self) -> None:
        """Send canaries, for ever.

        Counted, not timed: a process that was stopped for a minute is not deaf for that.

        Raises:
            Deaf: they are not heard.
        """
        while True:
            if self._sent - self._heard >= UNHEARD:
                raise Deaf
            await self._sing_once()
            due = _now() + CANARY
            await asyncio.sleep(CANARY)
            self._turn = min(_now() - due, LONGEST_TURN)

    async def _sing_once(self) -> None:
        if self._sent == self._heard:
            self._sung_at = _now()
        self._sent += 1
        await _soon(self._layer.group_send(self._canary, {"type": "canary", "number": self._sent}))

    async def close(self) -> None:
        """Give the connections back, as far as what is broken lets itself be closed."""
        self.is_up = False
        if not self._failure.cancel() and not self._failure.cancelled():
            # Looked at, so that nobody is told later that nobody looked.
            self._failure.exception()
        for _ in range(CLOSE_TRIES):
            try:
                await _soon(self._layer.flush())
            except TimeoutError:
                # redis-py swallows a cancellation that meets it while it connects; the next one ends it.
                continue
            except Exception as error:  # noqa: BLE001 — redis-py raises a dozen kinds; the connection is gone anyhow.
                logger.debug("line_not_closed", error=error)
            break

    def _hear(self, number: int) -> None:
        self._heard, self._sung_at = number, _now()
        while self._proofs and self._proofs[0][0] <= number:
            _, proof = self._proofs.popleft()
            if not proof.done():
                proof.set_result(None)
        if not self.is_up and number > self._unproven:
            self.is_up = True
            self._on_up()

    async def _reconnected(self, connection: object) -> None:
        # What was published meanwhile is lost.
        self.is_up = False
        self._unproven = self._sent


def _slices(topics: Iterable[str]) -> Iterator[list[str]]:
    """So many that Redis answers the others in between."""
    each = iter(topics)
    while some := list(islice(each, AT_ONCE)):
        yield some


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _soon(call: Awaitable[Any]) -> Any:
    async with asyncio.timeout(WITHIN):
        return await call
