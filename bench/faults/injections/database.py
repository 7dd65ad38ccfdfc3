"""PostgreSQL away, hung, short of connections."""

import asyncio
import signal

from bench.faults.catalog import fault
from bench.faults.scene import Scene


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
