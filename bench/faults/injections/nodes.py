"""Nodes that die, hang and are replaced."""

import asyncio

from bench.faults.catalog import fault
from bench.faults.scene import Scene


@fault("none")
async def nothing(scene: Scene) -> None:
    """For comparison: nothing breaks."""
    scene.breaks()


@fault("node-killed", target=3)
async def node_killed(scene: Scene) -> None:
    """A node dies in the middle of its work, and is started again."""
    number = scene.node()
    await scene.moment()
    scene.breaks()
    await scene.lab.nodes[number].kill()
    await asyncio.sleep(scene.seconds(3, 5))
    await scene.lab.start_node(number)


@fault("node-hung", target=35)
async def node_hung(scene: Scene) -> None:
    """A node stops where it stands for half a minute, its connections open, and wakes as if nothing had been."""
    node = scene.lab.nodes[scene.node()]
    await scene.moment()
    await scene.hang(node, 30)


@fault("rolling-restart", away=3, quiet=True)
async def rolling_restart(scene: Scene) -> None:
    """Every node in turn is told to go, and started again once it has."""
    scene.breaks()
    for number, node in enumerate(scene.lab.nodes):
        took = await node.stop(20)
        scene.notes.append(f"{node.name} drained in {took:.1f} s")
        if took > 15:
            scene.broken.append(f"{node.name} took {took:.1f} s to go, more than 15 s")
        await scene.lab.start_node(number)
    scene.is_whole()
