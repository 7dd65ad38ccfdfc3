"""The way of each event through this node, noted as it goes, for the metrics and for whoever asks after one message.

Kept for a minute, then forgotten; whoever wants to keep them takes them now and then (`take`). Times are seconds since
1970 by this machine's clock, parts of the way are seconds.
"""

import time
from collections.abc import Iterable
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


#: How far somebody got, and when: (topic, owner, seq, time). A plain tuple: one is made for each confirmation.
Reached = tuple[str, int, int, float]


class Taken(NamedTuple):
    """What was noted since the last time."""

    journeys: list[Journey]
    confirmed: list[Reached]
    read: list[Reached]


_known: dict[tuple[str, int], Journey] = {}
_new: list[Journey] = []
_confirmed: list[Reached] = []
_read: list[Reached] = []


def _of(topic: str, seq: int, now: float) -> Journey:
    known = _known.get((topic, seq))
    if known is None:
        known = _known[topic, seq] = Journey(topic, seq, now)
        _new.append(known)
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
    if len(_confirmed) < MOST:
        _confirmed.append((topic, owner, seq, now))
    if seq % TIMED_EACH == 0:
        _time_confirmation(_known.get((topic, seq)), now)


def _time_confirmation(journey: Journey | None, now: float) -> None:
    if journey is not None and journey.committed_at is not None and journey.written is not None:
        metrics.CONFIRMED.observe(max(now - journey.committed_at - journey.written, 0.0))


def read(topic: str, owner: int, seq: int) -> None:
    """That person has read everything up to a seq."""
    if metrics.is_counting and len(_read) < MOST:
        _read.append((topic, owner, seq, time.time()))


def fresh() -> Taken:
    """What was noted and is not taken yet. From any thread."""
    return Taken(_new.copy(), _confirmed.copy(), _read.copy())


def take() -> Taken:
    """What is settled and was not taken before; what is old is forgotten. Called on the loop, every few seconds."""
    now = time.time()
    settled = [journey for journey in _new if journey.noted <= now - SETTLED]
    del _new[: len(settled)]
    taken = Taken(settled, _confirmed.copy(), _read.copy())
    _confirmed.clear()
    _read.clear()
    while _known and (len(_known) > MOST or next(iter(_known.values())).noted < now - KNOWN):
        del _known[next(iter(_known))]
    return taken
