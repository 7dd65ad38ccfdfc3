"""What happens to the machines of a cluster, a catalogue of its own. All times count from the beginning of a fault."""

import asyncio
import random
import signal
from collections.abc import Callable

from bench.cluster.lab import ClusterLab
from bench.cluster.namespaces import Namespaces
from bench.faults.catalog import Fault, Inject, Site
from bench.faults.history import History
from bench.faults.injections import nodes, sentinels
from bench.faults.part import Part, until
from bench.faults.person import Person
from bench.faults.scene import Scene

FAULTS: dict[str, Fault] = {}

#: Seconds within which a node that died is to be there again, started by whatever supervises it.
BACK_WITHIN = 30.0
#: Seconds that a machine is away.
AWAY = 30.0
#: People who may come anew before one of them must have come to a node that was added.
MOST_NEWCOMERS = 50


def fault(name: str, *, target: float = 0.0, away: float = 0.0, quiet: bool = False) -> Callable[[Inject], Inject]:
    """Enter a fault into this catalogue; what is promised as `bench.faults.catalog.Fault` has it."""

    def enter(inject: Inject) -> Inject:
        FAULTS[name] = Fault(name, inject, target=target, away=away, quiet=quiet, site=Site.SENTINELS)
        return inject

    return enter


@fault("node-killed", target=3)
async def node_killed(scene: Scene) -> None:
    """A node dies; what supervises it starts it again."""
    lab, number = scene.lab, scene.node()
    node = lab.nodes[number]
    died, people = node.pid, lab.seated(number)
    await scene.moment()
    scene.breaks()
    node.signal(signal.SIGKILL, family=True)
    await until(lambda: node.is_running and node.pid != died, f"nobody starts {node.name} again", BACK_WITHIN)
    await lab.node_ready(number)
    scene.notes.append(f"{node.name}, with {people} people, was ready again after {scene.since_it_broke():.1f} s")


@fault("machine-cut-off", target=35)
async def machine_cut_off(scene: Scene) -> None:
    """The cable of a node's machine is pulled: nothing says so to anybody; it is put back after half a minute."""
    lab, machines = scene.lab, scene.lab.machines
    assert isinstance(machines, Namespaces)
    number = scene.node()
    name = lab.nodes[number].name
    scene.notes.append(f"{name} with {lab.seated(number)} people")
    await scene.moment()
    scene.breaks()
    machines.plug(name, into=False)
    await asyncio.sleep(AWAY)
    machines.plug(name, into=True)
    await lab.node_ready(number)


@fault("node-added")
async def node_added(scene: Scene) -> None:
    """A node more is started, and NGINX, told to read its file anew, sends it people who come from now on."""
    lab = scene.lab
    assert isinstance(lab, ClusterLab)
    scene.breaks()
    number = await lab.add_node()
    scene.notes.append(f"{lab.nodes[number].name} was ready after {scene.since_it_broke():.1f} s")
    newcomers: list[Person] = []
    while not lab.seated(number) and len(newcomers) < MOST_NEWCOMERS:
        newcomers.append(newcomer(scene))
        await until(lambda: newcomers[-1].is_live, "a newcomer does not come in")
    scene.notes.append(f"newcomer {len(newcomers)} came to it after {scene.since_it_broke():.1f} s")
    if not lab.seated(number):
        scene.broken.append("no newcomer came to the new node")
    for each in newcomers:
        await each.leave()


@fault("redis-master-killed", target=15)
async def master_killed(scene: Scene) -> None:
    """The master dies, another takes over, and the old one comes back empty, as a replica."""
    await sentinels.failed_over(scene, Part.kill, Part.start)


@fault("redis-master-hung", target=15)
async def master_hung(scene: Scene) -> None:
    """The master hangs, its connections open; another takes over; the old one wakes as if nothing had been."""
    await sentinels.master_hung(scene)


@fault("postgres-restarted", target=10)
async def postgres_restarted(scene: Scene) -> None:
    """PostgreSQL is restarted in good order ("fast"): all connections are cut, and it writes a checkpoint."""
    await restart(scene, signal.SIGINT)


@fault("postgres-crashed", target=10)
async def postgres_crashed(scene: Scene) -> None:
    """PostgreSQL ends at once ("immediate"), without a checkpoint, and recovers from its log when it is started."""
    await restart(scene, signal.SIGQUIT)


@fault("rolling-restart", away=3, quiet=True)
async def rolling_restart(scene: Scene) -> None:
    """Every node in turn is told to go, and started again once it has."""
    await nodes.rolling_restart(scene)
    # Nobody waits for its end: what counts is what people saw of it from the beginning.
    scene.whole_at = 0


async def restart(scene: Scene, how: signal.Signals) -> None:
    """End PostgreSQL, and start it at once, as `systemctl restart` does."""
    lab = scene.lab
    await scene.moment()
    scene.breaks()
    lab.postgres.signal(how)
    await lab.postgres.ended()
    ended = scene.since_it_broke()
    await lab.start_server(lab.postgres, lab.database)
    scene.notes.append(f"it ended after {ended:.1f} s and answered after {scene.since_it_broke():.1f} s")


def newcomer(scene: Scene) -> Person:
    """Somebody of the crowd, by lot, on one device more; on their way in."""
    person = scene.lot.choice(scene.crowd.people)
    second = Person(person.number, person.seat, scene.lab.url, History(), random.Random(0))
    second.socket.start()
    return second
