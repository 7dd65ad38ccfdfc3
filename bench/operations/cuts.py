"""What goes wrong on the way: sockets end, nodes are cut off from Redis, publishes are lost."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import redis

from bench.faults.slowway import SIZE, SlowWay
from bench.operations.client import Client

#: Of all cuts; a client that stays away long may miss more than is sent again.
WEIGHTS = {"client": 80, "client for long": 3, "publish": 12, "subscribers": 5}
#: Seconds that such a client stays away, at least and at most.
LONG = 5.0, 45.0
#: Seconds after which all nodes hear each other again.
HEALED_AFTER = 6.0
#: What the channel layer calls a group that rooms and people are told by.
TOLD, LOST = (b"__group__room.", b"__group__user."), b"__group__lost."


class LossyWay(SlowWay):
    """A way to Redis on which a publish may be lost: Redis is told, and answers, but of a group that nobody hears."""

    def __init__(self, server: Path, path: Path) -> None:
        super().__init__(server, path, random.Random(0))
        self.to_lose = self.lost = 0

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: float) -> None:
        try:
            while data := await reader.read(SIZE):
                writer.write(self._lose(data) if most and self.to_lose and b"PUBLISH" in data else data)
                await writer.drain()
        except (OSError, RuntimeError):
            # The other end is gone; uvloop tells that with the latter.
            pass
        writer.close()

    def _lose(self, data: bytes) -> bytes:
        for told in TOLD:
            if told in data:
                self.to_lose -= 1
                self.lost += 1
                return data.replace(told, LOST, 1)
        return data


class Cuts:
    """Cuts by lot.

    Args:
        clients: whose sockets end; they come back by another of the `nodes`.
        redis_url: of the server itself.
        way: on which publishes are lost.
    """

    def __init__(
        self, clients: Sequence[Client], nodes: Sequence[str], redis_url: str, way: LossyWay, lot: random.Random
    ) -> None:
        self.made: Counter[str] = Counter()
        self._clients, self._nodes, self._redis_url, self._way, self._lot = clients, nodes, redis_url, way, lot
        self._away: dict[Client, asyncio.TimerHandle] = {}
        self._cut_at = 0.0

    @property
    def lost(self) -> int:
        """Publishes that were."""
        return self._way.lost

    async def one(self) -> None:
        """Cut something."""
        [kind] = self._lot.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))
        self.made[kind] += 1
        if kind == "publish":
            self._way.to_lose += 1
        elif kind == "subscribers":
            self._cut_at = time.monotonic()
            await asyncio.to_thread(self._cut_subscribers)
        else:
            self._cut_client(for_long=kind == "client for long")

    def come_back(self) -> None:
        """Nobody stays away any longer, and nothing more is lost."""
        self._way.to_lose = 0
        for client, timer in list(self._away.items()):
            timer.cancel()
            self._return(client)

    async def healed(self) -> None:
        """Until the nodes hear each other again: signals are not sent twice."""
        await asyncio.sleep(max(0.0, self._cut_at + HEALED_AFTER - time.monotonic()))

    def _cut_client(self, *, for_long: bool) -> None:
        client = self._lot.choice(self._clients)
        if client in self._away:
            return
        client.socket.url = self._lot.choice(self._nodes)
        if for_long:
            client.socket.close()
            wait = self._lot.uniform(*LONG)
            self._away[client] = asyncio.get_running_loop().call_later(wait, self._return, client)
        else:
            client.socket.lose()

    def _return(self, client: Client) -> None:
        del self._away[client]
        client.socket.start()

    def _cut_subscribers(self) -> None:
        with redis.Redis.from_url(self._redis_url, socket_timeout=5) as server:
            server.client_kill_filter(_type="pubsub")
