"""What the node holds: its memory as the system counts it, all else as the node says when it is asked (SIGUSR1)."""

import asyncio
import signal

import msgspec
import psutil
import redis

from bench.faults.lab import Lab
from bench.faults.part import Part, until
from collab.live.gauges import told


class Sample(msgspec.Struct, frozen=True):
    """One look. Memory in bytes: its own (USS), and with what it shares (RSS)."""

    seconds: float
    connects: int
    uss: int
    rss: int
    gauges: dict[str, int]


class Meter:
    """Reads one node."""

    def __init__(self, lab: Lab, node: Part) -> None:
        self._lab = lab
        self._node = node

    async def read(self, seconds: float, connects: int) -> Sample:
        """Look now."""
        memory = await asyncio.to_thread(psutil.Process(self._node.pid).memory_full_info)
        return Sample(seconds, connects, memory.uss, memory.rss, await self.gauges())

    async def gauges(self) -> dict[str, int]:
        """What the node says that it holds.

        Raises:
            CannotMeasure: it does not answer.
        """
        before = self._node.log.stat().st_size
        self._node.signal(signal.SIGUSR1)
        await until(lambda: bool(self._said(before)), "the node does not say what it holds")
        return self._said(before)

    async def present(self) -> int:
        """Connections that count as online, or did and are not swept away yet."""
        return await asyncio.to_thread(self._present)

    def _present(self) -> int:
        with redis.from_url(self._lab.redis.url) as client:
            return sum(int(client.zcard(key)) for key in client.scan_iter("collab:presence:*", 1_000))

    def _said(self, start: int) -> dict[str, int]:
        """What a whole line after the start tells; nothing where there is none yet."""
        with self._node.log.open("rb") as log:
            log.seek(start)
            lines = log.read().decode(errors="replace").split("\n")[:-1]
        return next(filter(None, map(told, lines)), {})
