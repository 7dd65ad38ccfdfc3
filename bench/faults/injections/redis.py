"""Redis away, empty, deaf, hung."""

import asyncio
from collections.abc import Callable
from typing import Any

import redis

from bench.faults.catalog import fault
from bench.faults.scene import Scene
from bench.faults.slowway import SlowWay

#: Seconds that Redis is away where it is about that.
AWAY = 60


@fault("redis-killed", target=3, delay=2)
async def redis_killed(scene: Scene) -> None:
    """Redis dies, and comes back empty."""
    lab = scene.lab
    await scene.moment()
    scene.breaks()
    await lab.valkey.kill()
    await asyncio.sleep(scene.seconds(5, 9))
    await lab.start_server(lab.valkey, lab.redis)
    scene.is_whole()


@fault("redis-away", target=3, delay=2)
async def redis_away(scene: Scene) -> None:
    """Redis dies and stays away for a minute: all that is said is accepted, and read by people on other nodes, too."""
    lab, crowd = scene.lab, scene.crowd
    scene.nodes = {person.number: person.number % len(lab.nodes) for person in crowd.people}
    await crowd.come_anew({seat: f"http://127.0.0.1:{lab.ports[node]}" for seat, node in scene.nodes.items()})
    scene.breaks()
    await lab.valkey.kill()
    await asyncio.sleep(AWAY)
    await lab.start_server(lab.valkey, lab.redis)
    scene.is_whole()

    async def back() -> None:
        await crowd.come_anew(dict.fromkeys(scene.nodes, lab.url))

    scene.afterwards.append(back)


@fault("redis-hung", target=3, delay=2)
async def redis_hung(scene: Scene) -> None:
    """Redis takes what is sent and answers nothing, for a while."""
    await scene.moment()
    await scene.hang(scene.lab.valkey, scene.seconds(12, 20))
    scene.is_whole()


@fault("redis-flushed", target=3, delay=2)
async def redis_flushed(scene: Scene) -> None:
    """Redis forgets everything, and goes on."""
    await scene.moment()
    scene.breaks()
    await on_redis(scene, lambda client: client.flushall())


@fault("subscriber-cut", target=4)
async def subscriber_cut(scene: Scene) -> None:
    """The connections that hear are cut and no other; then nobody says anything that would reveal what was missed."""
    await scene.moment()
    scene.breaks()
    if not await on_redis(scene, lambda client: client.client_kill_filter(_type="pubsub")):
        scene.broken.append("no connection was there to be cut")
    await asyncio.sleep(0.2)
    await scene.crowd.fall_silent()
    await asyncio.sleep(5)
    scene.crowd.talk()


async def on_redis(scene: Scene, ask: Callable[["redis.Redis"], Any]) -> Any:
    """Say something to Redis, past the site."""

    def say() -> Any:
        with redis.Redis.from_url(scene.lab.redis.url, socket_timeout=5) as client:
            return ask(client)

    return await asyncio.to_thread(say)


@fault("publishes-delayed")
async def publishes_delayed(scene: Scene) -> None:
    """What one node says to Redis arrives late, each piece by another time: readers elsewhere still see the order."""
    lab = scene.lab
    number = scene.node()
    node = lab.nodes[number]
    async with SlowWay(lab.redis.sockets / "valkey.sock", lab.folder / "slow.sock", scene.lot) as way:
        await lab.replace_node(number, REDIS_URL=way.url)
        await scene.crowd.come_anew()
        people, before = lab.seated(number), way.publishes
        scene.breaks()
        await asyncio.sleep(10)
        late = way.publishes - before
        if not people or not late:
            scene.broken.append("nothing was delayed")
        scene.notes.append(f"{node.name}, with {people} people, made {late} publishes, each up to {way.most} s late")
        await lab.replace_node(number)
    scene.is_whole()
