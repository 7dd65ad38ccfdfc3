"""The site of the fault lab: every part a process that may be broken, in a folder that goes with it."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Any

import psycopg

from bench import children
from bench.faults import nginx
from bench.faults.frail import FrailValkey
from bench.faults.machines import Machines
from bench.faults.part import Part, answers, site_part, until_told
from bench.faults.sink import Sink
from bench.faults.supervisor import Supervisor
from bench.plan import Seat, Seating
from bench.site import NOT_OURS, free_port, seated
from collab.embedded import programs
from collab.embedded.environment import Address
from collab.embedded.postgres import Postgres
from collab.embedded.server import Server

Rows = list[tuple[Any, ...]]

#: As the kernel's table of connections has it (Linux, net/tcp_states.h).
ESTABLISHED = "01"


class Lab:
    """PostgreSQL, Valkey, nodes, NGINX, a Celery worker and beat, all on loopback and unix sockets.

    Args:
        folder: where everything is kept; on a disk, for a commit to cost what it costs.
        nodes: how many.
        machines: where nodes, NGINX and Celery stand.
    """

    def __init__(self, folder: Path, nodes: int, machines: Machines | None = None) -> None:
        # PostgreSQL runs as another user where this is root.
        folder.chmod(0o711)
        self.folder = folder
        self.machines = machines or Machines()
        self.ports = [free_port() for _ in range(nodes)]
        self.port = free_port()
        self.database = Postgres(folder / "postgres")
        self.redis: Server = FrailValkey(folder / "valkey")
        self.sink = Sink(free_port(), self.machines.host("people"))
        #: By e-mail address, the room in which somebody is who is never there.
        self.absent: dict[str, int] = {}
        self.environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS} | {
            "VAR_DIR": str(folder),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.redis.url,
            "SITE_URL": self.url,
            "TRUSTED_PROXIES": "1",
            "EMAIL_VERIFICATION": "none",
            "EMAIL_URL": self.sink.url,
            "MAIL_AFTER_SECONDS": "3",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }
        self.postgres = self.server(self.database)
        self.valkey = self.server(self.redis)
        self.nodes = [self.part(f"node-{at + 1}", programs.web(self.node_address(at))) for at in range(nodes)]
        balancer = nginx.balancer(self.address, self.node_addresses, folder, self.environment)
        self.nginx = self.machines.place("front", balancer)
        self.worker = self.part("worker-1", programs.worker(), "worker")
        self.beat = self.part("worker-1", programs.beat(folder), "beat")
        self.supervisor = Supervisor([self.worker, self.beat])

    #: Its nodes hear themselves through Redis, which tells where they listen.
    sings = True

    @property
    def url(self) -> str:
        """Where people come in: NGINX."""
        return f"http://{self.address.host}:{self.port}"

    @property
    def address(self) -> Address:
        """Where NGINX listens."""
        return Address(self.machines.host("front"), self.port)

    @property
    def node_addresses(self) -> list[Address]:
        """Where the nodes listen."""
        return [self.node_address(number) for number in range(len(self.ports))]

    def node_address(self, number: int) -> Address:
        """Where a node listens."""
        return Address(self.machines.host(f"node-{number + 1}"), self.ports[number])

    @property
    def redis_parts(self) -> list[Part]:
        """The processes that are its Redis."""
        return [self.valkey]

    @property
    def parts(self) -> list[Part]:
        """All processes, in the order of their start."""
        return [self.postgres, *self.redis_parts, *self.nodes, self.nginx, self.worker, self.beat]

    async def start(self) -> None:
        """Start everything.

        Raises:
            CannotMeasure: something does not start.
        """
        await self.sink.open()
        await self.start_server(self.postgres, self.database)
        await self.start_redis()
        await self.command("manage.py", "migrate", "--verbosity=0")
        for part in (*self.nodes, self.nginx, self.worker, self.beat):
            part.start()
        await asyncio.gather(*(self.node_ready(number) for number in range(len(self.nodes))))
        self.supervisor.start()

    async def stop(self) -> None:
        """End everything, last started first; whatever hangs is woken to hear of it."""
        self.supervisor.stop()
        for part in reversed(self.parts):
            if part.is_running:
                part.wake()
                await part.stop()
        self.sink.close()

    async def start_redis(self) -> None:
        """Start what is its Redis."""
        await self.start_server(self.valkey, self.redis)

    async def start_server(self, part: Part, server: Server) -> None:
        """Start PostgreSQL or Valkey, and wait until it answers."""
        await asyncio.to_thread(server.prepare)
        part.start()
        await until_told(lambda: asyncio.to_thread(server.is_ready), f"{part.name} does not answer")

    async def start_node(self, number: int) -> None:
        """Start a node again, and wait until people may be sent to it."""
        self.nodes[number].start()
        await self.node_ready(number)

    async def replace_node(self, number: int, **environment: str) -> None:
        """Have a node go, and another come in its place, with these variables besides."""
        node = self.nodes[number]
        await node.stop()
        node.environment = self.environment | environment
        await self.start_node(number)

    def seated(self, number: int) -> int:
        """How many connections a node holds; one without any shows nothing, whatever is wrong with it."""
        # As the node itself sees its network, which may be another than ours.
        connections = Path(f"/proc/{self.nodes[number].pid}/net/tcp").read_text().splitlines()[1:]
        ends = [line.split()[1:4] for line in connections]
        return sum(state == ESTABLISHED and int(end.split(":")[1], 16) == self.ports[number] for end, _, state in ends)

    async def node_ready(self, number: int) -> None:
        """Wait until a node says that people may be sent to it."""
        host, port = self.node_address(number)
        address = f"http://{host}:{port}/health/ready"
        await until_told(lambda: asyncio.to_thread(answers, address), f"node {number + 1} is not ready", 60)

    async def command(self, *arguments: str) -> str:
        """Run one of the site's commands in its environment; what it wrote.

        Raises:
            CannotMeasure: it failed, with its last line.
        """
        return await children.command(self.environment, *arguments)

    async def seat(self, people: int, rooms_of: int) -> list[Seat]:
        """Make people in a workspace, all in its general room and each in a private one, and sign them in."""
        return await self.seat_as(Seating(people, rooms_of))

    async def seat_as(self, seating: Seating) -> list[Seat]:
        """Make people, and sign them in."""
        return await seated(self.environment, seating, self.folder)

    async def ask(self, query: str, *values: object) -> Rows:
        """Ask PostgreSQL directly, past everything that is being judged."""
        return await asyncio.to_thread(self._ask, query, values)

    def _ask(self, query: str, values: tuple[object, ...]) -> Rows:
        with psycopg.connect(self.database.url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def part(self, machine: str, command: list[str], name: str = "") -> Part:
        """A program of the site's own on a machine, called like that unless another name is given; not started yet."""
        return self.machines.place(machine, site_part(name or machine, command, self.folder, self.environment))

    def server(self, server: Server) -> Part:
        """PostgreSQL or Valkey as a part, not started yet."""
        server.folder.mkdir(parents=True, exist_ok=True)
        return Part(server.name, server.command(), self.folder, self.environment, server.stop_signal)
