"""The way of each event through this node, noted as it goes, for the metrics and for whoever asks after one message.

Kept for a minute, then forgotten; whoever wants to keep them takes them now and then (`take`). Times are seconds since
1970 by this machine's clock, parts of the way are seconds.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

import msgspec

from collab.live import metrics
from collab.live.messages import Message

#: Seconds until all of an event's way that this node sees has been gone, but for what pages confirm.
SETTLED = 3.0
#: Seconds that an event is known, to tell how long pages took to confirm it; and how many are, at most.
KNOWN = 60.0
MOST = 50_000
#: One event in so many has its confirmations timed: they are as many as the deliveries, and tell the same.
TIMED_EACH = 8


class Journey(msgspec.Struct, array_like=True, gc=False):
    """What this node saw of one event; what it did not see is None."""

    topic: str
    seq: int
    noted: float
    #: When it was committed, where this node was told.
    committed_at: float | None = None
    #: From its arrival here, in a frame, to its commit.
    committed: float | None = None
    #: From the commit until Redis had it.
    published: float | None = None
    #: From the commit until it was written to the sockets here, and how many they were.
    written: float | None = None
    sockets: int = 0


class Marks(msgspec.Struct, array_like=True):
    """How far people got, and when: one of each list belongs together.

    No tuple or object for each: there is one a confirmation, and what the collector counts brings it on sooner, for 7
    ms and more in a node of some thousand sockets.
    """

    topics: list[str] = []
    owners: list[int] = []
    seqs: list[int] = []
    times: list[float] = []

    def add(self, topic: str, owner: int, seq: int, at: float) -> None:
        """One more. Its time comes last: `so_far` goes by that."""
        self.topics.append(topic)
        self.owners.append(owner)
        self.seqs.append(seq)
        self.times.append(at)

    def __len__(self) -> int:
        return len(self.topics)

    def each(self) -> Iterator[tuple[str, int, int, float]]:
        """(topic, owner, seq, time) of each."""
        return zip(self.topics, self.owners, self.seqs, self.times, strict=True)

    def so_far(self) -> "Marks":
        """A copy, while another thread may be adding: what is not in all four lists yet is left out."""
        count = len(self.times)
        return Marks(self.topics[:count], self.owners[:count], self.seqs[:count], self.times[:count])

    def with_more(self, more: "Marks", most: int) -> "Marks":
        """These and those, of which the newest are kept."""
        return Marks(
            [*self.topics, *more.topics][-most:],
            [*self.owners, *more.owners][-most:],
            [*self.seqs, *more.seqs][-most:],
            [*self.times, *more.times][-most:],
        )


class Taken(NamedTuple):
    """What was noted since the last time."""

    journeys: list[Journey]
    confirmed: Marks
    read: Marks

    @classmethod
    def nothing(cls) -> "Taken":
        """Nothing was noted."""
        return cls([], Marks(), Marks())


#: By topic and seq, as one text: of a tuple the collector would know.
_known: OrderedDict[str, Journey] = OrderedDict()
_new: list[Journey] = []
is_kept = True
_confirmed = Marks()
_read = Marks()


def keep_none() -> None:
    """Note events as long as they are timed, and nothing for whoever asks after one."""
    global is_kept  # noqa: PLW0603 — a process keeps them or does not.
    is_kept = False


def _of(topic: str, seq: int, now: float) -> Journey:
    key = f"{topic} {seq}"
    known = _known.get(key)
    if known is None:
        known = _known[key] = Journey(topic, seq, now)
        # Where nobody takes them, as under another server, they do not grow for ever.
        if is_kept and len(_new) < MOST:
            _new.append(known)
        if len(_known) > MOST:
            _known.popitem(last=False)
    return known


def committed(topic: str, seq: int, took: float) -> None:
    """What came in a frame of a socket of this node is committed."""
    metrics.COMMITTED.observe(took)
    if metrics.is_counting:
        _of(topic, seq, time.time()).committed = took


def published(messages: Iterable[Message]) -> None:
    """The layer has taken these from this node."""
    if not metrics.is_counting:
        return
    now = time.time()
    for message in messages:
        if message.committed:
            took = max(now - message.committed, 0.0)
            metrics.PUBLISHED.observe(took)
            journey = _of(message.topic, message.seq, now)
            journey.committed_at, journey.published = message.committed, took


def written(entry: Message, sockets: int) -> None:
    """An entry was written to so many sockets of this node."""
    if not metrics.is_counting or not entry.committed:
        return
    now = time.time()
    took = max(now - entry.committed, 0.0)
    metrics.WRITTEN.observe(took)
    journey = _of(entry.topic, entry.seq, now)
    journey.committed_at, journey.written, journey.sockets = entry.committed, took, sockets


def confirmed(topic: str, owner: int, seq: int) -> None:
    """A page of that person's says that it has everything up to a seq."""
    if not metrics.is_counting:
        return
    now = time.time()
    if is_kept and len(_confirmed) < MOST:
        _confirmed.add(topic, owner, seq, now)
    if seq % TIMED_EACH == 0:
        _time_confirmation(_known.get(f"{topic} {seq}"), now)


def _time_confirmation(journey: Journey | None, now: float) -> None:
    if journey is not None and journey.committed_at is not None and journey.written is not None:
        metrics.CONFIRMED.observe(max(now - journey.committed_at - journey.written, 0.0))


def read(topic: str, owner: int, seq: int) -> None:
    """That person has read everything up to a seq."""
    if metrics.is_counting and is_kept and len(_read) < MOST:
        _read.add(topic, owner, seq, time.time())


def fresh() -> Taken:
    """What was noted and is not taken yet. From any thread."""
    return Taken(_new.copy(), _confirmed.so_far(), _read.so_far())


def take() -> Taken:
    """What is settled and was not taken before; what is old is forgotten. Called on the loop, every few seconds."""
    global _confirmed, _read
    now = time.time()
    settled = list(takewhile(lambda journey: journey.noted <= now - SETTLED, _new))
    del _new[: len(settled)]
    taken, _confirmed, _read = Taken(settled, _confirmed, _read), Marks(), Marks()
    while _known and next(iter(_known.values())).noted < now - KNOWN:
        _known.popitem(last=False)
    return taken
