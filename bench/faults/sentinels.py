"""A master, its replica, and the three Sentinels that choose between them: Valkey's own, on ports of their own."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import redis

from bench.faults.machines import Machines
from bench.faults.part import Part, until_told
from bench.site import free_port
from collab.embedded.account import own_folder, servers_user
from collab.embedded.environment import Address
from collab.embedded.server import tethered
from collab.embedded.valkey import Valkey, binary

NAME = "collab"
#: Machines of the Valkeys, and of the Sentinels: one that died with a master would be one voice fewer, so three.
SERVERS = ("redis-1", "redis-2")
WATCHERS = ("redis-1", "redis-2", "worker-1")
#: Milliseconds without an answer after which a Sentinel holds the master for dead.
DEAD_AFTER = 3000
VALKEY = [
    "--save",
    "",
    *"--protected-mode no --appendonly no --loglevel warning --repl-diskless-sync-delay 0".split(),
]
SENTINEL = """\
port {port}
bind {host}
protected-mode no
sentinel announce-ip {host}
dir {folder}
loglevel notice
sentinel monitor {name} {master_host} {master} 2
sentinel down-after-milliseconds {name} {dead_after}
sentinel failover-timeout {name} 10000
"""


class Sentinels:
    """All five, each a part that may be broken.

    Args:
        folder: of their files.
        machines: where they stand.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], machines: Machines | None = None) -> None:
        self.folder, self.environment = folder, environment
        self.machines = machines or Machines()
        self.ports = [free_port() for _ in range(2)]
        self.watching = [free_port() for _ in range(3)]
        first = self.server(0)
        self.valkeys = [self._valkey(0), self._valkey(1, "--replicaof", first.host, str(first.port))]
        self.sentinels = [self._sentinel(number) for number in range(3)]

    def server(self, number: int) -> Address:
        """Where a Valkey listens."""
        return Address(self.machines.host(SERVERS[number]), self.ports[number])

    def watcher(self, number: int) -> Address:
        """Where a Sentinel listens."""
        return Address(self.machines.host(WATCHERS[number]), self.watching[number])

    @property
    def url(self) -> str:
        """The address, as the site's settings take it."""
        return f"redis+sentinel://{','.join(f'{host}:{port}' for host, port in map(self.watcher, range(3)))}/{NAME}/0"

    @property
    def parts(self) -> list[Part]:
        """All processes, in the order of their start."""
        return [*self.valkeys, *self.sentinels]

    async def start(self) -> None:
        """Start all; done once the Sentinels know each other and the replica.

        Raises:
            CannotMeasure: they never do.
        """
        # As the embedded Valkey: where this is root they run as somebody else.
        Valkey(self.folder / "valkey").prepare()
        for part in self.parts:
            own(self.folder / part.name)
        for part in self.valkeys:
            part.start()
        # A Sentinel asks a master every ten seconds who follows it.
        await until_told(lambda: asyncio.to_thread(self.has_replica), "the replica does not follow the master")
        for part in self.sentinels:
            part.start()
        await until_told(lambda: asyncio.to_thread(self.are_ready), "the Sentinels do not find each other")

    async def stop(self) -> None:
        """End all, whatever hangs."""
        for part in reversed(self.parts):
            if part.is_running:
                part.wake()
                await part.stop()

    def has_replica(self) -> bool:
        """The first master has a replica that is up to date."""
        try:
            with ask(self.server(0)) as client:
                return bool(client.info("replication").get("slave0", {}).get("state") == "online")
        except redis.RedisError:
            return False

    def are_ready(self) -> bool:
        """Every Sentinel sees the others, and a replica that follows its master: they can choose another."""
        try:
            return all(self._is_ready(self.watcher(number)) for number in range(3))
        except redis.RedisError:
            return False

    async def master(self) -> Part:
        """The part that the Sentinels name.

        Raises:
            redis.RedisError: they name none.
        """
        return self.valkeys[await asyncio.to_thread(self._master)]

    def found_by(self, master: Part) -> tuple[int, int]:
        """How many nodes sing to themselves on a server, and how many workers wait for tasks there."""
        with ask(self.server(self.valkeys.index(master))) as client:
            nodes = len(client.pubsub_channels("*canary*"))
            workers = sum(each["cmd"] == "brpop" for each in client.client_list())
        return nodes, workers

    def _master(self) -> int:
        with ask(self.watcher(0)) as client:
            _, port = client.sentinel_get_master_addr_by_name(NAME)
        return self.ports.index(int(port))

    def _is_ready(self, sentinel: Address) -> bool:
        with ask(sentinel) as client:
            [master] = client.sentinel_masters().values()
            replicas = client.sentinel_slaves(NAME)
        follows = [each["master-link-status"] == "ok" and not each["is_sdown"] for each in replicas]
        return bool(master["num-other-sentinels"] == 2 and not master["is_sdown"] and follows == [True])

    def _valkey(self, number: int, *more: str) -> Part:
        host, port = self.server(number)
        # Told, for others would take them for where their connections come from: on the loopback that is 127.0.0.1.
        where = ["--bind", host, "--port", str(port), "--replica-announce-ip", host]
        where += ["--dir", str(self.folder / f"valkey-{port}")]
        return self._part(SERVERS[number], f"valkey-{port}", *where, *VALKEY, *more)

    def _sentinel(self, number: int) -> Part:
        (host, port), master = self.watcher(number), self.server(0)
        name = f"sentinel-{port}"
        folder = self.folder / name
        folder.mkdir()
        file = folder / "sentinel.conf"
        words = {"port": port, "host": host, "folder": folder, "name": NAME, "dead_after": DEAD_AFTER}
        file.write_text(SENTINEL.format(**words, master_host=master.host, master=master.port))
        return self._part(WATCHERS[number], name, str(file), "--sentinel")

    def _part(self, machine: str, name: str, *words: str) -> Part:
        (self.folder / name).mkdir(exist_ok=True)
        user = servers_user()
        command = tethered([str(binary()), *words], user=user.pw_name if user else None)
        return self.machines.place(machine, Part(name, command, self.folder, self.environment))


def ask(server: Address) -> "redis.Redis":
    """A client that waits for no answer longer than two seconds."""
    return redis.Redis(host=server.host, port=server.port, socket_timeout=2)


def own(folder: Path) -> None:
    """Give a folder and what is in it to whoever the servers run as: a Sentinel writes its own settings anew."""
    own_folder(folder)
    if (user := servers_user()) is not None:
        for file in folder.iterdir():
            os.chown(file, user.pw_uid, user.pw_gid)
