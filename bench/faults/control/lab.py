"""The site of the control: Valkey, Daphne as it comes, NGINX."""

import asyncio
import sys
from pathlib import Path

from bench.faults.lab import Lab
from bench.faults.part import Part, site_part, until_told
from bench.faults.sentinel_lab import SentinelLab

APPLICATION = "bench.faults.control.app:application"


class ControlLab(Lab):
    """Nodes that run the tutorial's chat; no PostgreSQL, no Celery."""

    sings = False

    def __init__(self, folder: Path, nodes: int) -> None:
        super().__init__(folder, nodes)
        self.nodes = [
            site_part(
                node.name,
                [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", APPLICATION],
                folder,
                node.environment,
            )
            for node, port in zip(self.nodes, self.ports, strict=True)
        ]

    @property
    def parts(self) -> list[Part]:
        """All processes, in the order of their start."""
        return [*self.redis_parts, *self.nodes, self.nginx]

    async def start(self) -> None:
        """Start everything."""
        await self.start_redis()
        for part in (*self.nodes, self.nginx):
            part.start()
        await asyncio.gather(*(self.node_ready(number) for number in range(len(self.nodes))))

    async def node_ready(self, number: int) -> None:
        """Wait until a node takes connections."""
        await until_told(lambda: takes_connections(self.ports[number]), f"node {number + 1} is not ready")


class ControlSentinelLab(ControlLab, SentinelLab):
    """The same, its Redis named by Sentinels."""


async def takes_connections(port: int) -> bool:
    """Somebody listens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
