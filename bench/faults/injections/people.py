"""What happens to people: cut off, slow, all at once, twice, put out."""

import asyncio
import contextlib
import random
import time
import uuid

from bench import tcp
from bench.faults.catalog import fault
from bench.faults.halfopen import HalfOpen
from bench.faults.history import History
from bench.faults.part import until
from bench.faults.person import Person
from bench.faults.scene import Scene
from bench.plan import Saying

#: People who are cut off or slow, in a hundred, and how often a message is sent twice at once.
FEW = 10
PAIRS = 30
#: Seconds that somebody reads nothing; characters of a message in their room meanwhile, and seconds between two.
UNREAD = 20.0
#: Bytes that the kernel takes in for them.
BUFFER = 32_768
LONG = 14_000
PAUSE = 0.1


@fault("everyone-at-once", target=15)
async def everyone_at_once(scene: Scene) -> None:
    """NGINX dies with every connection, and all come back to the one that is started next."""
    scene.breaks()
    await scene.lab.nginx.kill()
    await asyncio.sleep(scene.seconds(0.5, 2))
    scene.lab.nginx.start()
    scene.is_whole()


@fault("half-open", target=40)
async def half_open(scene: Scene) -> None:
    """The way of some people swallows everything, both ways, and says nothing; a new connection gets through."""
    way = await through(scene)
    scene.breaks()
    way.swallow()
    await asyncio.sleep(30)


@fault("reset", target=3)
async def reset(scene: Scene) -> None:
    """The connections of some people are reset."""
    way = await through(scene)
    scene.breaks()
    way.reset()


@fault("slow-reader")
async def slow_reader(scene: Scene) -> None:
    """Somebody stops reading while their room is full of long messages, is put out, and reads on."""
    slow = scene.lot.choice(scene.crowd.people)
    # Straight to a node, and with a small buffer: what NGINX and the kernel hold is not the node's to bound.
    slow.socket.url, slow.socket.buffer = f"http://127.0.0.1:{scene.lab.ports[scene.node()]}", BUFFER
    slow.socket.lose()
    await until(lambda: slow.is_live, "somebody does not come back")
    others = [each for each in scene.crowd.people if each.seat.room == slow.seat.room and each is not slow]
    before = memory(scene)
    scene.breaks()
    transport = slow.socket.transport
    assert transport is not None
    underlying = transport.underlying_transport
    underlying.pause_reading()
    end = time.monotonic() + UNREAD
    while time.monotonic() < end and tcp.stands(underlying):
        author = scene.lot.choice(others)
        # In HTML each is five characters.
        author.say(saying(author, "&" * LONG))
        await asyncio.sleep(PAUSE)
    after = memory(scene)
    if slow.socket.transport is not transport or tcp.stands(underlying):
        scene.broken.append("whoever did not read was not put out")
    slow.socket.url, slow.socket.buffer = scene.lab.url, 0
    # It may have been closed from the other side by now.
    with contextlib.suppress(RuntimeError):
        underlying.resume_reading()
    scene.is_whole()
    scene.notes.append(f"memory of the nodes before and after: {before} → {after} MiB")


@fault("sent-twice-at-once", target=1)
async def sent_twice(scene: Scene) -> None:
    """The same send arrives at two nodes at the same time, many times over."""
    person = scene.lot.choice(scene.crowd.people)
    scene.crowd.muted.add(person.number)
    await until(lambda: person.outbox.is_empty, "somebody does not come to an end")
    scene.breaks()
    twins = [Person(person.number, person.seat, scene.lab.url, History(), random.Random(0)) for _ in range(2)]
    for twin, port in zip(twins, scene.lab.ports, strict=False):
        twin.socket.url = f"http://127.0.0.1:{port}"
        twin.socket.start()
    await until(lambda: all(twin.is_live for twin in twins), "the twins do not come in")
    for _ in range(PAIRS):
        await twice(scene, person, twins)
    for twin in twins:
        await twin.leave()
    scene.crowd.muted.discard(person.number)


async def twice(scene: Scene, person: Person, twins: list[Person]) -> None:
    """Send one message from both, and compare what they were told."""
    said = saying(person, "twice")
    person.history.say(said)
    for twin in twins:
        twin.say(said)
    await until(lambda: all(said.client_id in twin.history.accepted for twin in twins), "a twin gets no answer")
    seqs = {twin.history.accepted[said.client_id][0] for twin in twins}
    if len(seqs) > 1:
        scene.broken.append(f"one send, two answers: {sorted(seqs)}")
    person.history.accept(person.number, said.client_id, min(seqs))


@fault("put-out-without-redis", target=3, delay=2)
async def put_out(scene: Scene) -> None:
    """Somebody is put out of a room while Redis is away: they hear nothing that comes after."""
    lab = scene.lab
    # The first of a room has made it, and stays.
    makers = {min(seats) for seats in scene.crowd.audience().values()}
    person = scene.lot.choice([each for each in scene.crowd.people if each.number not in makers])
    room = person.seat.room
    scene.crowd.muted.add(person.number)
    await until(lambda: person.outbox.is_empty, "somebody does not come to an end")
    scene.breaks()
    await lab.valkey.kill()
    seq = await lab.command("-m", "bench.faults.people", "out", str(room), str(person.seat.person))
    scene.until[person.number, room] = int(seq)
    await asyncio.sleep(6)
    await lab.start_server(lab.valkey, lab.redis)
    scene.is_whole()

    async def put_in_again() -> None:
        if room in person.gates:
            scene.notes.append("whoever was put out was never told so (no room_removed)")
        await lab.command("-m", "bench.faults.people", "in", str(room), str(person.seat.person))
        await until(lambda: room in person.gates and person.is_live, "somebody does not get in again")
        scene.crowd.muted.discard(person.number)

    scene.afterwards.append(put_in_again)


async def through(scene: Scene) -> HalfOpen:
    """Some people come in anew through something that stands in between, until the round is over."""
    way = HalfOpen(scene.lab.port)
    await way.open()
    some = scene.lot.sample(scene.crowd.people, max(1, len(scene.crowd.people) * FEW // 100))
    await come(some, way.url)

    async def back() -> None:
        await come(some, scene.lab.url)
        way.close()

    scene.afterwards.append(back)
    return way


async def come(some: list[Person], url: str) -> None:
    """Connect anew, by another way."""
    for person in some:
        person.socket.url = url
        person.socket.lose()
    await until(lambda: all(person.is_live for person in some), "people do not come back")


def saying(person: Person, text: str) -> Saying:
    """A message of theirs, said now."""
    return Saying(time.monotonic_ns(), person.number, person.seat.room, str(uuid.uuid4()), text)


def memory(scene: Scene) -> list[int]:
    """MiB that each node holds, of its own."""
    return [round(sum(process.memory_full_info().uss for process in node.family()) / 2**20) for node in scene.lab.nodes]
