"""Celery away, there twice, and its broker away, each in the middle of a delivery of mail."""

import asyncio

from bench.faults.catalog import fault
from bench.faults.part import site_part
from bench.faults.scene import Scene
from collab.embedded import programs

#: While somebody is named to the mail server, before the mail is handed over; and after that, before the answer.
MOMENTS = ("RCPT", "DATA")


@fault("worker-killed", target=1, mails=True)
async def worker_killed(scene: Scene) -> None:
    """The worker dies while it hands a mail over, or when the mail server has it and the worker does not know."""
    lab = scene.lab
    moment = scene.lot.choice(MOMENTS)
    async with lab.sink.holding(moment):
        scene.breaks()
        if moment == "DATA":
            scene.cut.add(lab.sink.mails[-1].message_id)
        await lab.worker.kill()
    scene.notes.append(f"killed before the answer to {moment}")
    await asyncio.sleep(scene.seconds(2, 4))
    lab.worker.start()


@fault("beat-killed", target=1, mails=True)
async def beat_killed(scene: Scene) -> None:
    """Beat dies in the middle of a delivery, and comes back after a while."""
    lab = scene.lab
    async with lab.sink.holding("RCPT"):
        scene.breaks()
        await lab.beat.kill()
    await asyncio.sleep(scene.seconds(2, 4))
    lab.beat.start()


@fault("broker-killed", target=3, delay=2, mails=True)
async def broker_killed(scene: Scene) -> None:
    """Redis dies in the middle of a delivery, with every task that waits in it, and comes back empty."""
    lab = scene.lab
    async with lab.sink.holding("DATA"):
        scene.breaks()
        await lab.valkey.kill()
    await asyncio.sleep(scene.seconds(4, 8))
    await lab.start_server(lab.valkey, lab.redis)
    scene.is_whole()


@fault("two-beats", target=1, mails=True)
async def two_beats(scene: Scene) -> None:
    """For a while there are two beats, and two workers to do everything at once that they ask for."""
    lab = scene.lab
    second = lab.folder / "second"
    second.mkdir(exist_ok=True)
    more = [
        site_part(f"{part.name}-2", command, second, lab.environment)
        for part, command in ((lab.worker, programs.worker()), (lab.beat, programs.beat(second)))
    ]
    scene.breaks()
    for part in more:
        part.start()
    await asyncio.sleep(20)
    for part in more:
        await part.stop()
