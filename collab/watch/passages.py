"""Journeys of events, packed as a node writes them down every few seconds, and found again for one message."""

import datetime
import zlib
from collections.abc import Collection, Iterator

import msgspec

from collab.live import journeys as journeys_here
from collab.live.journeys import Journey, Marks, Taken
from collab.watch.models import Passage
from rooms import node as rooms_node
from rooms.announce import room_of_topic, room_topic

#: As good as nothing: what counts is that ten thousand people's reading costs little.
LEVEL = 1
#: Most of an event's way is over within a minute, however badly things go; that people confirm it may take longer.
WAY = datetime.timedelta(minutes=1)
#: How long after a message one looks for who had it and read it, at the most.
LOOKED_AT = datetime.timedelta(minutes=2)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Taken)


def pack(node: str, taken: Taken) -> Passage | None:
    """A row for what was noted; None where it was nothing."""
    topics = {*taken.confirmed.topics, *taken.read.topics, *(journey.topic for journey in taken.journeys)}
    times = [*(journey.noted for journey in taken.journeys), *taken.confirmed.times, *taken.read.times]
    if not times:
        return None
    return Passage(
        node=node,
        began_at=moment(min(times)),
        at=moment(max(times)),
        rooms=sorted(map(room_of_topic, topics)),
        data=zlib.compress(_encoder.encode(taken), LEVEL),
    )


def unpack(passage: Passage) -> Taken:
    """What was noted."""
    return _decoder.decode(zlib.decompress(passage.data))


def journeys(room: int, seq: int, since: datetime.datetime) -> list[tuple[str, Journey]]:
    """What each node saw of an event of a room that was committed at that time: (node, journey)."""
    return [
        (node, journey)
        for node, taken in _between(room, since, since + WAY)
        for journey in taken.journeys
        if journey.seq == seq and journey.topic == room_topic(room)
    ]


def reached(
    room: int, seq: int, since: datetime.datetime, people: Collection[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """By person, when their page had the event, and when they had read it, as far as that was soon.

    Once that is known of all these people nothing more is looked at.
    """
    confirmed: dict[int, float] = {}
    read: dict[int, float] = {}
    for _, taken in _between(room, since, since + LOOKED_AT):
        _note_first(confirmed, room_topic(room), seq, taken.confirmed)
        _note_first(read, room_topic(room), seq, taken.read)
        if read.keys() >= set(people) <= confirmed.keys():
            break
    return confirmed, read


def _note_first(first: dict[int, float], topic: str, seq: int, marks: Marks) -> None:
    for there, owner, got_to, at in marks.each():
        if there == topic and got_to >= seq:
            first[owner] = min(at, first.get(owner, at))


def _between(room: int, since: datetime.datetime, until: datetime.datetime) -> Iterator[tuple[str, Taken]]:
    # Clocks of nodes differ a little.
    slack = datetime.timedelta(seconds=5)
    rows = Passage.objects.filter(at__gte=since - slack, began_at__lte=until, rooms__contains=[room]).order_by("at")
    for passage in rows.iterator(chunk_size=50):
        yield passage.node, unpack(passage)
    # What this process has not written down yet: whoever asks at once, and is served here, need not wait.
    yield _here(), journeys_here.fresh()


def _here() -> str:
    node = rooms_node.running()
    return node.hub.node if node is not None else ""


def moment(seconds: float) -> datetime.datetime:
    """Seconds since 1970 as a time."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
