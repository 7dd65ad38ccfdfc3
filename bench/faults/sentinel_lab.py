"""A site whose Redis is named by Sentinels."""

from pathlib import Path

from bench.faults.lab import Lab
from bench.faults.machines import Machines
from bench.faults.part import Part
from bench.faults.sentinels import Sentinels


class SentinelLab(Lab):
    """Its Redis is whichever of two Valkeys three Sentinels name."""

    def __init__(self, folder: Path, nodes: int, machines: Machines | None = None) -> None:
        super().__init__(folder, nodes, machines)
        self.sentinels = Sentinels(folder, self.environment, self.machines)
        self.environment |= {"REDIS_URL": self.sentinels.url}
        for part in (*self.nodes, self.worker, self.beat):
            part.environment = self.environment

    @property
    def redis_parts(self) -> list[Part]:
        """The processes that are its Redis."""
        return self.sentinels.parts

    async def start_redis(self) -> None:
        """Start all five."""
        await self.sentinels.start()
