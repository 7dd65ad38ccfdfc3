"""channels_redis' pub/sub layer, for one that is thrown away and made anew when something about it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer

from collab.live import redis_address


class RedisLayer(RedisPubSubChannelLayer):
    """The channel layer of the settings.

    Whoever uses it flushes it. The original has the loop's `close` do that, wrapped once more for each layer that is
    made: a node whose Redis comes and goes for weeks would wrap it thousands of times.
    """

    def _get_layer(self) -> RedisPubSubLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = RedisPubSubLoopLayer(*self._args, **self._kwargs, channel_layer=self)
        return self._layers[loop]

    async def flush(self) -> None:
        """Forget everything and close the connections, those to Sentinels too, which the original leaves open."""
        layer = self._get_layer()
        clients = [shard._redis for shard in layer._shards if shard._redis is not None]  # noqa: SLF001 — as below.
        try:
            await layer.flush()
        finally:
            for client in clients:
                await redis_address.close_sentinels(client.connection_pool)

    def on_subscriber_reconnect(self, callback: Callable[[Any], Awaitable[None]]) -> None:
        """Call a bound method with each connection that hears, each time it had to be connected anew.

        redis-py does that, and subscribes anew, without a word; the original's own `on_reconnect` is never called.
        """
        for shard in self._get_layer()._shards:  # noqa: SLF001 — no public way leads there.
            if shard._pubsub is not None and shard._pubsub.connection is not None:  # noqa: SLF001
                shard._pubsub.connection.register_connect_callback(callback)  # noqa: SLF001
