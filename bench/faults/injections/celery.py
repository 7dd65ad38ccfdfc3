"""Celery away, or there twice."""

import asyncio

from bench.faults.catalog import fault
from bench.faults.scene import Scene


@fault("celery-killed", target=1)
async def celery_killed(scene: Scene) -> None:
    """Worker and beat die, and come back after a while: nobody in a room may notice."""
    lab = scene.lab
    scene.breaks()
    await lab.worker.kill()
    await lab.beat.kill()
    await asyncio.sleep(scene.seconds(4, 8))
    lab.worker.start()
    lab.beat.start()
