"""PostgreSQL away, hung, short of connections."""

import asyncio
import os
import signal

import psycopg

from bench.faults.catalog import Site, fault
from bench.faults.scene import Scene
from bench.faults.smalldisk import fill, why_not


@fault("postgres-restarted", target=5)
async def postgres_restarted(scene: Scene) -> None:
    """PostgreSQL ends at once, without a checkpoint, recovers from its log, and is back after a while."""
    lab = scene.lab
    await scene.moment()
    scene.breaks()
    lab.postgres.signal(signal.SIGQUIT)
    await lab.postgres.ended()
    await asyncio.sleep(scene.seconds(3, 6))
    await lab.start_server(lab.postgres, lab.database)
    scene.is_whole()


@fault("postgres-backend-killed", target=5)
async def backend_killed(scene: Scene) -> None:
    """The process behind one connection is killed: PostgreSQL ends all others, too, and recovers."""
    rows = await scene.lab.ask(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    ours = {process.pid for process in scene.lab.postgres.family()}
    victims = sorted(pid for (pid,) in rows if pid in ours)
    await scene.moment()
    scene.breaks()
    os.kill(scene.lot.choice(victims), signal.SIGKILL)


@fault("postgres-hung", target=5)
async def postgres_hung(scene: Scene) -> None:
    """All of PostgreSQL stops where it stands, its connections open, and goes on after a while."""
    await scene.moment()
    await scene.hang(scene.lab.postgres, scene.seconds(12, 18))
    scene.is_whole()


@fault("rooms-locked", target=5)
async def rooms_locked(scene: Scene) -> None:
    """Somebody holds the rows of all rooms, so that every connection of the pool that wants to write waits."""
    rooms = sorted(scene.crowd.audience())
    await scene.moment()
    async with await psycopg.AsyncConnection.connect(scene.lab.database.url) as holder:
        await holder.execute("SELECT 1 FROM rooms_room WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [rooms])
        scene.breaks()
        await asyncio.sleep(scene.seconds(12, 18))
    scene.is_whole()


@fault("disk-full", target=5, why_not=why_not, site=Site.SMALL_DISK)
async def disk_full(scene: Scene) -> None:
    """The database's disk has no room for another byte, for a while."""
    lab = scene.lab
    await scene.moment()
    scene.breaks()
    file = await asyncio.to_thread(fill, lab.database.folder)
    await asyncio.sleep(scene.seconds(12, 18))
    file.unlink()
    scene.is_whole()
    if not lab.postgres.is_running:
        scene.notes.append("PostgreSQL ended, and was started again")
        await lab.start_server(lab.postgres, lab.database)
