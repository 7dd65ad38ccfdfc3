"""What a fault is given: the site to break, the people who use it, a lot to draw, and marks to set in time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bench.faults.crowd import Crowd
from bench.faults.lab import Lab
from bench.faults.part import Part
from bench.mail_checker import Mails


@dataclass(slots=True)
class Scene:
    """One round, as its fault sees it."""

    lab: Lab
    crowd: Crowd
    lot: random.Random
    #: Monotonic nanoseconds: when the part broke, and when it was whole again (0: the fault is a moment, not a while).
    broke_at: int = 0
    whole_at: int = 0
    #: Worth telling beside the figures.
    notes: list[str] = field(default_factory=list)
    #: Promises of this fault's own that were broken.
    broken: list[str] = field(default_factory=list)
    #: By seat, the node that it is on, where the fault has seen to that.
    nodes: dict[int, int] = field(default_factory=dict)
    #: By seat and room, the seq with which the fault ended a membership.
    until: dict[tuple[int, int], int] = field(default_factory=dict)
    #: Message-IDs of mails whose sender the fault killed before it could hear that they were taken.
    cut: set[str] = field(default_factory=set)
    mails: Mails | None = None
    #: What is to be put right once the round is judged.
    afterwards: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def breaks(self) -> None:
        """It breaks now."""
        self.broke_at = time.monotonic_ns()

    def is_whole(self) -> None:
        """What was broken is back now: what comes later is the recovery."""
        self.whole_at = time.monotonic_ns()

    async def hang(self, part: Part, seconds: float) -> None:
        """It breaks now: a part stops where it stands for so many seconds, its connections open."""
        self.breaks()
        part.hang()
        await asyncio.sleep(seconds)
        part.wake()

    def since_it_broke(self) -> float:
        """Seconds."""
        return (time.monotonic_ns() - self.broke_at) / 1e9

    def seconds(self, least: float, most: float) -> float:
        """A time by lot."""
        return self.lot.uniform(least, most)

    def node(self) -> int:
        """A node by lot."""
        return self.lot.randrange(len(self.lab.nodes))

    async def moment(self) -> None:
        """Up to a tenth of a second: the fault falls anywhere between a send, its commit, publish and answer."""
        await asyncio.sleep(self.seconds(0, 0.1))
