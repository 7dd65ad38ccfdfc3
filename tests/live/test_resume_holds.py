"""Whatever is lost, doubled, late or cut off: every screen ends with exactly the log, in order, each once.

The hubs are real, with all their waits. What lies between them loses and swaps as an example wants, and the log, in
memory, answers late or not at all.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collab.live import backfill, hub, layer, topic
from collab.live.errors import Close, Unavailable
from collab.live.frames import Frame
from collab.live.hub import Hub
from collab.live.messages import Message
from collab.live.redis_layer import RedisLayer
from tests.live.clocks import run_quickly

TOPIC = "room.1"
NODES, PEOPLE = 2, 4
#: Seconds after which the last loss must be found: the net under a lost hint, and the time to read what it shows.
QUIET = 3 * backfill.HEAD_CHECK


class Shelf:
    """The log."""

    def __init__(self, chance: Random) -> None:
        self.entries: list[Message] = []
        self.failures = 0
        self._chance = chance

    def write(self) -> Message:
        seq = len(self.entries) + 1
        self.entries.append(Message(topic=TOPIC, seq=seq, payload=b"%d" % seq))
        return self.entries[-1]

    async def _take_a_while(self) -> None:
        await asyncio.sleep(self._chance.choice((0, 0.01, 0.3)))
        if self.failures:
            self.failures -= 1
            raise Unavailable

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        head = len(self.entries)
        await self._take_a_while()
        return {TOPIC: head} if TOPIC in topics else {}

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        entries = self.entries[after : after + limit]
        await self._take_a_while()
        return entries


class Screen:
    """One socket of somebody's: it is sent what follows its position, one after another, until it is closed."""

    def __init__(self, person: "Person", hub: Hub, after: int) -> None:
        self.owner = 1
        self.person = person
        self.hub = hub
        self.last = after
        self.is_closed = False

    def control(self, kind: str, argument: str) -> None:
        raise AssertionError("There are no words in this")

    def send(self, frame: Frame) -> None:
        if self.is_closed:
            return
        seq = int(frame.payload)
        assert seq == self.last + 1, f"{seq} was sent after {self.last}"
        self.last = seq
        self.person.show(seq)

    async def ready(self) -> None:
        await asyncio.sleep(self.person.world.chance.choice((0, 0.02)))

    def close(self, code: Close) -> None:
        if not self.is_closed:
            self.person.world.beside(self.person.come_back(self))


class Person:
    """Shows a room from some seq on, over one socket after another."""

    def __init__(self, world: "World", after: int) -> None:
        self.world = world
        self.began = after
        self.shown: list[int] = []
        self.screen: Screen | None = None

    @property
    def last(self) -> int:
        return self.began + len(self.shown)

    def show(self, seq: int) -> None:
        """What one has is passed over, as a client must that says hello from further back."""
        if seq > self.last:
            self.shown.append(seq)

    async def connect(self) -> None:
        """To some node, from where one is or from somewhat before; in the way of hello or of a room one joins."""
        chance = self.world.chance
        after = max(self.began, self.last - chance.choice((0, 0, 0, 3)))
        self.screen = screen = Screen(self, chance.choice(self.world.hubs), after)
        screen.hub.sockets.add(screen)
        if chance.random() < 0.5:
            await screen.hub.subscribe(screen, TOPIC, after)
        else:
            await self.say_hello(screen, after)

    async def say_hello(self, screen: Screen, after: int) -> None:
        await screen.hub.listen(screen, [TOPIC])
        try:
            head = (await self.world.shelf.heads([TOPIC]))[TOPIC]
            screen.hub.open_gate(TOPIC, head)
            await screen.hub.catch_up(screen, TOPIC, after, head)
        except Unavailable:
            screen.close(Close.GOING_AWAY)

    def cut(self) -> None:
        if self.screen is not None:
            self.screen.close(Close.GOING_AWAY)

    async def come_back(self, screen: Screen) -> None:
        screen.is_closed = True
        screen.hub.close(screen)
        await asyncio.sleep(self.world.chance.choice((0, 0.1, 2)))
        if self.screen is screen:
            await self.connect()


class World:
    """Nodes, people, and what lies between."""

    def __init__(self, seed: int, arrives: float, *, is_up: bool) -> None:
        self.chance = Random(seed)
        self.arrives = arrives
        self.shelf = Shelf(self.chance)
        self.hubs = [(Trusting if is_up else Hub)(no_layer, self.shelf) for _ in range(NODES)]
        self.people: list[Person] = []
        self.tasks: list[asyncio.Task[None]] = []

    def beside(self, what: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(what))

    def hint(self, message: Message) -> None:
        """To each node sooner or later, once, twice or never; the node that wrote it is no better off."""
        for each in self.hubs:
            while self.chance.random() < self.arrives:
                wait = self.chance.choice((0, 0, 0.005, 0.05, 5))
                asyncio.get_running_loop().call_later(wait, each.deliver, [message])
                if self.chance.random() < 0.8:
                    break

    async def do(self, what: str, number: int, wait: float) -> None:
        if what == "write":
            for _ in range(number):
                self.hint(self.shelf.write())
        elif what == "come" and len(self.people) < PEOPLE:
            self.people.append(Person(self, max(0, len(self.shelf.entries) - number)))
            self.beside(self.people[-1].connect())
        elif what == "cut" and self.people:
            self.people[number % len(self.people)].cut()
        elif what == "fail":
            self.shelf.failures = number
        await asyncio.sleep(wait)

    async def live(self, deeds: list[tuple[str, int, float]]) -> None:
        for each in self.hubs:
            each.start()
        for deed in deeds:
            await self.do(*deed)
        self.shelf.failures = 0
        await asyncio.sleep(QUIET)
        head = len(self.shelf.entries)
        for person in self.people:
            assert person.shown == list(range(person.began + 1, head + 1))
            assert person.screen is not None
            assert person.screen.last == head
        for each in self.hubs:
            await each.stop()
        for task in self.tasks:
            assert task.done()
            task.result()


class Trusting(Hub):
    """Believes that it hears the others at once, although much of what they say is lost."""

    is_up = True


def no_layer() -> RedisLayer:
    raise ConnectionRefusedError


DEEDS = st.tuples(
    st.sampled_from(["write", "write", "come", "cut", "fail"]),
    st.integers(0, 9),
    st.sampled_from((0.0, 0.001, 0.03, 0.03, 0.4, 3.0)),
)


@settings(max_examples=100, deadline=None)
@given(
    deeds=st.lists(DEEDS, min_size=10, max_size=40),
    seed=st.integers(0, 2**32),
    arrives=st.sampled_from((0.0, 0.4, 0.9, 1.0)),
    is_up=st.booleans(),
)
def test_every_screen_ends_with_exactly_the_log(
    deeds: list[tuple[str, int, float]], seed: int, arrives: float, is_up: bool
) -> None:
    async def example() -> None:
        await World(seed, arrives, is_up=is_up).live(deeds)

    with pytest.MonkeyPatch.context() as patch:
        # A layer that is away says so every second.
        patch.setattr(logging.getLogger(layer.__name__), "disabled", True)
        # Few are many enough: a chunk ends, and a socket that takes long is put out.
        patch.setattr(hub, "CHUNK", 3)
        patch.setattr(backfill, "CHUNK", 3)
        patch.setattr(topic, "MOST_PENDING", 8)
        run_quickly(example())
