"""What the layer did not bring is read from the log: where an early entry shows a gap, and from time to time anyway."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import structlog

from collab.live import metrics
from collab.live.errors import CodedError, Trimmed
from collab.live.messages import Message
from collab.live.tally import Tally
from collab.live.tasks import Background
from collab.live.topic import Topic

logger = structlog.get_logger(__name__)

_gaps = Tally("gaps_filled")

#: Seconds an early entry waits for the one before it; then the log is read.
PATIENCE = 0.02
#: Seconds that what is known to be in the log may still be on its way.
ON_ITS_WAY = 0.1
#: Seconds until the log is asked again, where it could not be read or the layer is in doubt.
DEAF_CHECK = 1.0
#: Seconds between two looks at the heads of all topics while the layer is there: the net under a lost hint.
HEAD_CHECK = 30.0
#: Seconds between two looks whether the layer is in doubt.
LOOK = 0.2
#: Entries read from the log at a time.
CHUNK = 500


class Log(Protocol):
    """Where the hub reads what it missed. Topics without a log have no head."""

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        """The seq of each topic's newest entry."""

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        """The topic's entries from `after` + 1 on, in order.

        Raises:
            Trimmed: the log is not whole from there on any more.
        """


class Backfill:
    """Keeps the gates of this node's topics up with their logs.

    Args:
        topics: the hub's, as they come and go.
        log: has everything that a topic with seqs ever said, or said lately.
        on_trimmed: is called with a topic whose log no longer has what is missing.
    """

    def __init__(self, topics: Mapping[str, Topic], log: Log, on_trimmed: Callable[[Topic], None]) -> None:
        self._topics = topics
        self._log = log
        self._on_trimmed = on_trimmed
        self._filling: set[str] = set()
        #: By topic, the head that is known of.
        self._expected: dict[str, int] = {}
        self._background = Background()

    async def stop(self) -> None:
        """Read nothing more."""
        await self._background.end()

    def mind_gap(self, topic: Topic) -> None:
        """Where something early is held, see to it that what stands before it comes."""
        if topic.is_waiting and topic.name not in self._filling:
            self._filling.add(topic.name)
            metrics.GAPS.inc()
            self._background.run(self._fill_gap(topic))

    async def _fill_gap(self, topic: Topic) -> None:
        """Give what is missing a moment to arrive, then read it from the log, as often as that takes."""
        wait = PATIENCE
        try:
            while topic.is_waiting and self._topics.get(topic.name) is topic:
                await asyncio.sleep(wait)
                if topic.is_waiting:
                    await self._try(self._read_on(topic))
                wait = DEAF_CHECK
        finally:
            self._filling.discard(topic.name)

    def expect(self, topic: Topic, head: int) -> None:
        """The log is known to have this head: where it does not come by itself, read it."""
        if not topic.is_behind(head):
            return
        is_first = topic.name not in self._expected
        self._expected[topic.name] = max(head, self._expected.get(topic.name, 0))
        if is_first:
            self._background.run(self._await_expected(topic.name))

    async def _await_expected(self, name: str) -> None:
        wait = ON_ITS_WAY
        try:
            while self._lacks_expected(name):
                await asyncio.sleep(wait)
                if self._lacks_expected(name):
                    await self.check([name])
                wait = min(2 * wait, DEAF_CHECK)
        finally:
            del self._expected[name]

    def _lacks_expected(self, name: str) -> bool:
        topic = self._topics.get(name)
        return topic is not None and topic.is_behind(self._expected[name])

    async def check(self, names: Iterable[str] | None = None) -> None:
        """Compare topics (None: all) with their logs and read what is missing.

        Finds a gap that no later entry shows. The heads are asked for at once; only what lies behind is read.
        """
        await self._try(self._check(list(self._topics if names is None else names)))

    def check_soon(self, names: Iterable[str] | None = None) -> None:
        """Compare topics (None: all) in the background; for none at all no task is made."""
        wanted = list(self._topics if names is None else names)
        if wanted:
            self._background.run(self.check(wanted))

    async def watch(self, is_sure: Callable[[], bool]) -> None:
        """Compare all topics again and again: every second while the layer is away, or may be."""
        clock = asyncio.get_running_loop().time
        checked_at = clock()
        while True:
            if clock() >= checked_at + (HEAD_CHECK if is_sure() else DEAF_CHECK):
                await self.check()
                checked_at = clock()
            await asyncio.sleep(LOOK)

    async def _check(self, names: list[str]) -> None:
        gated = [name for name in names if name in self._topics and self._topics[name].gate is not None]
        heads = await self._log.heads(gated)
        behind = [topic for name, head in heads.items() if (topic := self._topics.get(name)) and topic.is_behind(head)]
        await asyncio.gather(*map(self._read_on, behind))

    async def _read_on(self, topic: Topic) -> None:
        """Pass on what the log has after what was passed."""
        while topic.gate is not None:
            after = topic.gate.last
            try:
                entries = await self._log.read_after(topic.name, after, CHUNK)
            except Trimmed:
                self._on_trimmed(topic)
                break
            if entries:
                metrics.BACKFILLED.inc(len(entries))
                logger.debug("gap_filled", topic=topic.name, after=after, events=len(entries))
                # Without Redis all that other nodes store comes this way.
                _gaps.add(gaps=1, events=len(entries))
            topic.offer(entries)
            if len(entries) < CHUNK:
                break

    async def _try(self, look: Awaitable[None]) -> None:
        try:
            await look
        except CodedError as error:
            logger.warning("log_unreadable", error=error)
        except Exception:
            # Such as an event of a newer version's. Whoever looks for gaps must not end with it.
            logger.exception("log_not_understood")
