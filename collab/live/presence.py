"""Who is online, by topic: a sorted set in Redis with a member for each *connection* and the time it expires.

Nothing is counted up and down. A node that dies without a goodbye stops refreshing its members, and they expire.
Each node reads the sets of its topics when it is told that one has changed, and tells its own sockets the
difference; a lost hint costs at most `REFRESH` seconds, for then it reads them in any case.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import redis
import structlog
from django.conf import settings
from redis import asyncio as aioredis

from collab.live import redis_address
from collab.live.tasks import end

logger = structlog.get_logger(__name__)

#: Seconds a connection stays online without being refreshed, and seconds between refreshes.
#:
#: One that was lost, Redis being away for a moment, puts nobody out: EXPIRY, up to a second less since scores are whole
#: seconds, is more than two REFRESH. And people of a dead node are gone within 45 s, also where no worker sweeps and no
#: hint arrives: EXPIRY 30, until the next refresh of the others 10, until a topic may be told of again 2
#: (`attendance.COLLECT`), for the answer of Redis 1 (`WITHIN`): 43. The sweep, each 5 s, makes that 38 as a rule.
EXPIRY = 30
REFRESH = 10
#: Seconds a person stays online after a socket closed: they are often just turning a page.
GRACE = 4
#: Seconds Redis has for an answer, and seconds it is left alone after it gave none.
WITHIN = 1.0
RETRY = 1.0
#: Connections to Redis that presence has.
CONNECTIONS = 8
#: Connections a call: Redis does nothing else meanwhile.
SLICE = 1_000
#: All topics that have a set.
INDEX = "collab:presence"

# The time is the server's own: nodes' clocks may disagree.
_PUT = """
local now = tonumber(redis.call('TIME')[1])
for i = 2, #ARGV, 2 do
  for member in string.gmatch(ARGV[i + 1], '%S+') do
    redis.call('ZADD', 'collab:presence:' .. ARGV[i], now + tonumber(ARGV[1]), member)
  end
  redis.call('SADD', KEYS[1], ARGV[i])
end
"""
_READ = """
local now = redis.call('TIME')[1]
local sets = {}
for i = 1, #ARGV do
  sets[i] = redis.call('ZRANGEBYSCORE', 'collab:presence:' .. ARGV[i], '(' .. now, '+inf')
end
return sets
"""
_SWEEP = """
local now = redis.call('TIME')[1]
local changed = {}
for _, topic in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = 'collab:presence:' .. topic
  local gone = redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if gone > 0 then changed[#changed + 1] = topic end
  if redis.call('EXISTS', key) == 0 then redis.call('SREM', KEYS[1], topic) end
end
return changed
"""


class Unknown(Exception):
    """Nobody knows who is online: Redis is away."""


class Away:
    """Redis gave no answer."""


class PresenceStore:
    """The sorted sets, from the event loop. With Redis away nobody comes or goes."""

    def __init__(self) -> None:
        # A crowd that arrives at once waits its turn; left alone the pool refuses whoever is too many.
        pool = redis_address.blocking_pool(
            settings.REDIS_URL,
            max_connections=CONNECTIONS,
            timeout=WITHIN,
            socket_timeout=WITHIN,
            socket_connect_timeout=WITHIN,
        )
        self._redis: Any = aioredis.Redis.from_pool(pool)
        self._put = self._redis.register_script(_PUT)
        self._read = self._redis.register_script(_READ)
        self._away_until = float("-inf")
        #: By seconds: what is to be kept, and the promise made to those who wait for it.
        self._waiting: dict[int, tuple[list[tuple[str, str]], asyncio.Future[bool]]] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def keep(self, connections: Iterable[tuple[str, str]], seconds: int = EXPIRY) -> bool:
        """Have (topic, member) pairs count as online for so many seconds; False with Redis away.

        What is to be kept while Redis answers is kept together: a crowd that comes at once costs few calls.
        """
        pairs, promise = self._waiting.setdefault(seconds, ([], asyncio.get_running_loop().create_future()))
        pairs += connections
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_waiting())
        return await asyncio.shield(promise)

    async def _keep_waiting(self) -> None:
        try:
            while self._waiting:
                seconds = next(iter(self._waiting))
                pairs, promise = self._waiting.pop(seconds)
                try:
                    promise.set_result(await self._keep(pairs, seconds))
                except Exception as error:  # noqa: BLE001 — it belongs to those who wait; the next are tried all the same.
                    promise.set_exception(error)
        finally:
            self._keeper = None

    async def _keep(self, pairs: Sequence[tuple[str, str]], seconds: int) -> bool:
        for start in range(0, len(pairs), SLICE):
            words = _words(pairs[start : start + SLICE])
            kept = await self._ask(self._put, keys=[INDEX], args=[seconds, *words])
            if isinstance(kept, Away):
                return False
        return True

    async def online(self, topics: Collection[str]) -> Mapping[str, frozenset[int]] | None:
        """The ids of the people online in each topic; None with Redis away."""
        if not topics:
            return {}
        sets = await self._ask(self._read, args=list(topics))
        if isinstance(sets, Away):
            return None
        return _people(topics, sets)

    async def _ask(self, script: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """The script's answer. With Redis away only one caller a second has to find that out."""
        clock = asyncio.get_running_loop().time
        if clock() < self._away_until:
            return Away()
        try:
            return await script(**arguments)
        except redis.RedisError as error:
            self._away_until = clock() + RETRY
            logger.warning("presence_away", error=error)
            return Away()

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._keeper is not None:
            await end([self._keeper])
        await self._redis.aclose()
        await redis_address.close_sentinels(self._redis.connection_pool)


def _words(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each topic, and all its members as one word: redis-py takes longer to pack a word than Redis to keep it."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for topic, entry in pairs:
        members[topic].append(entry)
    for topic, entries in members.items():
        yield from (topic, " ".join(entries))


def member(person: int, connection: str) -> str:
    """How a person's connection stands in the set."""
    return f"{person}:{connection}"


def _client() -> AbstractContextManager[Any]:
    return redis_address.client(settings.REDIS_URL, socket_timeout=5)


def _person(entry: bytes) -> int:
    return int(entry.partition(b":")[0])


def _people(topics: Iterable[str], sets: Iterable[Iterable[bytes]]) -> dict[str, frozenset[int]]:
    """By topic, whose connections stand in its set."""
    return {topic: frozenset(map(_person, entries)) for topic, entries in zip(topics, sets, strict=True)}


def everyone() -> Mapping[str, frozenset[int]]:
    """The ids of the people online, for every topic. From a process without a loop.

    Raises:
        Unknown: Redis is away.
    """
    try:
        with _client() as client:
            topics = [topic.decode() for topic in client.smembers(INDEX)]
            sets = client.register_script(_READ)(args=topics) if topics else []
    except redis.RedisError as error:
        raise Unknown from error
    return _people(topics, sets)


def everybody() -> frozenset[int]:
    """The ids of the people online anywhere, each once. From a process without a loop.

    Raises:
        Unknown: Redis is away.
    """
    return frozenset().union(*everyone().values())


def sweep() -> list[str]:
    """Remove what has expired; the topics in which somebody went."""
    with _client() as client:
        return [topic.decode() for topic in client.register_script(_SWEEP)(keys=[INDEX])]
