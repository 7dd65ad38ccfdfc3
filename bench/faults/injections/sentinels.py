"""Redis under Sentinels, its master gone: hung or dead."""

import asyncio
from collections.abc import Awaitable, Callable

from bench.errors import CannotMeasure
from bench.faults.catalog import Site, fault
from bench.faults.part import Part, until_told
from bench.faults.scene import Scene
from bench.faults.sentinel_lab import SentinelLab
from bench.faults.sentinels import Sentinels

#: Seconds within which the Sentinels must have chosen another master.
CHOSEN_WITHIN = 30
#: And the site's processes have found it then.
FOUND_WITHIN = 15


@fault("sentinel-master-hung", target=15, delay=2, site=Site.SENTINELS)
async def master_hung(scene: Scene) -> None:
    """The master hangs, its connections open; another takes over; the old one wakes as if nothing had been."""

    async def hang(master: Part) -> None:
        master.hang()

    await failed_over(scene, hang, Part.wake)


@fault("sentinel-master-killed", target=15, delay=2, site=Site.SENTINELS)
async def master_killed(scene: Scene) -> None:
    """The master dies, another takes over, and the old one comes back empty, as a replica."""
    await failed_over(scene, Part.kill, Part.start)


async def failed_over(
    scene: Scene, take_away: Callable[[Part], Awaitable[None]], bring_back: Callable[[Part], None]
) -> None:
    """Take the master away, wait until another is chosen, and let the old one come back a good while later."""
    lab = scene.lab
    assert isinstance(lab, SentinelLab)
    master = await lab.sentinels.master()
    await scene.moment()
    scene.breaks()
    await take_away(master)

    async def is_chosen() -> bool:
        return await lab.sentinels.master() is not master

    await until_told(is_chosen, "the Sentinels choose no other master", CHOSEN_WITHIN)
    scene.notes.append(f"another master was chosen after {scene.since_it_broke():.1f} s")
    if lab.sings:
        await found(scene, lab.sentinels, await lab.sentinels.master())
    else:
        await asyncio.sleep(FOUND_WITHIN)
    bring_back(master)
    await until_told(lambda: asyncio.to_thread(lab.sentinels.are_ready), "the old master does not follow", 60)


async def found(scene: Scene, sentinels: Sentinels, master: Part) -> None:
    """Wait until all nodes and the worker are at the new master; the old one is still away."""
    nodes = len(scene.lab.nodes)

    async def nodes_have() -> bool:
        return (await asyncio.to_thread(sentinels.found_by, master))[0] >= nodes

    async def worker_has() -> bool:
        return (await asyncio.to_thread(sentinels.found_by, master))[1] > 0

    for who, have in (("all nodes", nodes_have), ("the worker", worker_has)):
        try:
            await until_told(have, f"{who} did not find the new master", FOUND_WITHIN)
            scene.notes.append(f"{who} had found it after {scene.since_it_broke():.1f} s")
        except CannotMeasure as error:
            scene.broken.append(str(error))
