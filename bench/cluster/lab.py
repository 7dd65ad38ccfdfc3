"""A site on several machines: NGINX, nodes, two workers and beat, PostgreSQL, a Redis that Sentinels name."""

import asyncio
import signal
from pathlib import Path

from bench.cluster.postgres import ReachablePostgres, bouncer, url
from bench.faults import nginx
from bench.faults.machines import Machines
from bench.faults.part import Part
from bench.faults.sentinel_lab import SentinelLab
from bench.faults.supervisor import Supervisor
from bench.site import free_port
from collab.embedded import programs
from collab.embedded.environment import Address

#: Of PostgreSQL on its machine.
PORT = 5432


class ClusterLab(SentinelLab):
    """Each part on a machine of its own; what ends there is started again, as systemd does.

    Args:
        folder: where everything is kept; on a disk, for a commit to cost what it costs.
        nodes: how many there are at first.
        machines: where they stand.
        pooled: people's words pass through PgBouncer on their way to PostgreSQL.
    """

    def __init__(self, folder: Path, nodes: int, machines: Machines, *, pooled: bool = False) -> None:
        super().__init__(folder, nodes, machines)
        server = Address(machines.host("database"), PORT)
        self.database: ReachablePostgres = ReachablePostgres(folder / "postgres", server)
        self.postgres = machines.place("database", self.server(self.database))
        self.bouncers: list[Part] = []
        self.environment |= {"DATABASE_URL": self.database.address}
        if pooled:
            at = Address(server.host, free_port())
            self.environment |= {"DATABASE_URL": url(at)}
            self.bouncers = [machines.place("database", bouncer(at, server, folder, self.environment))]
        self.second_worker = self.part("worker-2", programs.worker())
        self._watched = [*self.bouncers, *self.nodes, self.nginx, self.worker, self.second_worker, self.beat]
        for part in self._watched:
            part.environment = self.environment
        self.supervisor = Supervisor(self._watched)

    @property
    def parts(self) -> list[Part]:
        """All processes, in the order of their start."""
        first, *rest = super().parts
        return [first, *self.bouncers, *rest, self.second_worker]

    async def start(self) -> None:
        """Start everything.

        Raises:
            CannotMeasure: something does not start.
        """
        await super().start()
        self.second_worker.start()

    async def start_redis(self) -> None:
        """Start what stands between PostgreSQL and the site, then Redis."""
        if self.bouncers:
            await asyncio.to_thread(self.database.set_role)
        for part in self.bouncers:
            part.start()
        await super().start_redis()

    async def add_node(self) -> int:
        """Start one node more, on a machine of its own, and have NGINX send people to it, too; its number."""
        number = len(self.nodes)
        self.ports.append(free_port())
        node = self.part(f"node-{number + 1}", programs.web(self.node_address(number)))
        self.nodes.append(node)
        self._watched.append(node)
        await self.start_node(number)
        nginx.configure(self.address, self.node_addresses, self.folder)
        self.nginx.signal(signal.SIGHUP)
        return number
