"""channels_redis' pub/sub layer, for one that is thrown away and made anew when something about it fails."""

# ruff: noqa: SLF001 — the original does one group at a time, and has no public way to do more.

import asyncio
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import redis
import structlog
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection

from collab.live import redis_address

logger = structlog.get_logger(__name__)

V = TypeVar("V")


class Shard(RedisSingleShardConnection):
    """The original reads each message with a time-out of its own, through six calls: here 22 µs of CPU for its 52."""

    async def _do_receiving(self) -> None:
        while True:
            try:
                if self._pubsub is not None and self._pubsub.subscribed:
                    await self._take(await self._next())
                else:
                    await asyncio.sleep(0.1)
            except (redis.ConnectionError, redis.TimeoutError):
                # The layer itself finds out that it is deaf, and says so in one line (collab.live.layer).
                await asyncio.sleep(1)
            except Exception:
                logger.exception("layer_unheard")
                await asyncio.sleep(1)

    async def _next(self) -> list[Any] | None:
        """What comes next; None where it was for redis-py itself, as when the server tells that it is to move."""
        response: list[Any] | None
        try:
            response = await self._pubsub.connection.read_response(
                timeout=math.inf, disconnect_on_error=False, push_request=True
            )
        except (redis.ConnectionError, redis.TimeoutError):
            # This connects anew, and subscribes.
            response = await self._pubsub.parse_response()
        return response

    async def _take(self, response: list[Any] | None) -> None:
        if response and response[0] == b"message":
            self._receive_message({"channel": response[1], "data": response[2]})
        else:
            await self._pubsub.handle_message(response, ignore_subscribe_messages=True)


class Straight(NamedTuple):
    """Stands where the original has a queue: what comes is handed on as it comes."""

    put_nowait: Callable[[bytes], None]


class RedisLayer(RedisPubSubChannelLayer):
    """The channel layer of the settings.

    Whoever uses it flushes it. The original has the loop's `close` do that, wrapped once more for each layer that is
    made: a node whose Redis comes and goes for weeks would wrap it thousands of times.
    """

    def _get_layer(self) -> RedisPubSubLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            layer = self._layers[loop] = RedisPubSubLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            layer._shards = [Shard(shard.host, layer) for shard in layer._shards]
        return self._layers[loop]

    async def flush(self) -> None:
        """Forget everything and close the connections, those to Sentinels too, which the original leaves open."""
        layer = self._get_layer()
        clients = [shard._redis for shard in layer._shards if shard._redis is not None]
        try:
            await layer.flush()
        finally:
            for client in clients:
                await redis_address.close_sentinels(client.connection_pool)

    def hear(self, channel: str, on_data: Callable[[bytes], None]) -> None:
        """Have what comes on a channel handed on, still packed; `receive` has a queue and a task on the way.

        What the callable raises is logged, and a second is lost by it.
        """
        self._get_layer().channels[channel] = Straight(on_data)

    async def groups_add(self, groups: Iterable[str], channel: str) -> None:
        """`group_add` for many groups: one command a shard, where the original sends one a group."""
        for shard, names in self._by_shard((group, None) for group in groups):
            for name, _ in names:
                self._get_layer().groups.setdefault(name, set()).add(channel)
            async with shard._lock:
                shard._ensure_redis()
                shard._ensure_receiver()
                await shard._pubsub.subscribe(*(name for name, _ in names))

    async def groups_discard(self, groups: Iterable[str]) -> None:
        """Have groups heard no more, whoever is in them: one command a shard."""
        for shard, names in self._by_shard((group, None) for group in groups):
            for name, _ in names:
                self._get_layer().groups.pop(name, None)
            async with shard._lock:
                shard._ensure_redis()
                await shard._pubsub.unsubscribe(*(name for name, _ in names))

    async def groups_send(self, messages: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """`group_send` of many messages, each to its group: one trip a shard, in this order."""
        for shard, each in self._by_shard((group, self.serialize(message)) for group, message in messages):
            shard._ensure_redis()
            async with shard._redis.pipeline(transaction=False) as pipeline:
                for name, body in each:
                    pipeline.publish(name, body)
                await pipeline.execute()

    def _by_shard(self, groups: Iterable[tuple[str, V]]) -> Iterable[tuple[Any, list[tuple[str, V]]]]:
        """Groups with what belongs to them, under their names in Redis, by the shard that has them."""
        layer = self._get_layer()
        found: defaultdict[Any, list[tuple[str, V]]] = defaultdict(list)
        for group, value in groups:
            name = layer._get_group_channel_name(group)
            found[layer._get_shard(name)].append((name, value))
        return found.items()

    def on_subscriber_reconnect(self, callback: Callable[[Any], Awaitable[None]]) -> None:
        """Call a bound method with each connection that hears, each time it had to be connected anew.

        redis-py does that, and subscribes anew, without a word; the original's own `on_reconnect` is never called.
        """
        for shard in self._get_layer()._shards:
            if shard._pubsub is not None and shard._pubsub.connection is not None:
                shard._pubsub.connection.register_connect_callback(callback)
