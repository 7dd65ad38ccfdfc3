"""The control: the chat of Channels' own tutorial, under the same load and the same faults.

It stores nothing and promises nothing. What is lost here is what everybody loses who stops where the tutorial does.
"""

from bench.plan import Seat

ABOUT = """\
The control: the chat of Channels' tutorial (group_send over channels_redis.pubsub, Daphne, no store). `accepted` is
what was written to an open socket; `lost`, `doubled` and `disordered` count screens that never showed it, showed it
twice, or showed it before something that its sender had said first."""

#: Those that mean something there.
FAULTS = (
    "none",
    "node-killed",
    "node-hung",
    "rolling-restart",
    "redis-killed",
    "redis-away",
    "redis-hung",
    "redis-flushed",
    "subscriber-cut",
    "publishes-delayed",
    "sentinel-master-hung",
    "sentinel-master-killed",
    "everyone-at-once",
    "half-open",
    "reset",
    "slow-reader",
)


def seats(people: int, rooms_of: int) -> list[Seat]:
    """People in rooms of so many; nobody signs in."""
    return [Seat(number, "", number // rooms_of) for number in range(people)]
