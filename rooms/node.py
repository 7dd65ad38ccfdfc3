"""One Daphne process's live parts, put together: hub, attendance, writer, session checks."""

import asyncio
import contextvars
import random
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from accounts.handshake import SignIn, signed_in, still_stand
from accounts.models import User
from collab.live import database, gauges, metrics, process, publish
from collab.live.attendance import Attendance
from collab.live.batch import Batcher, apart
from collab.live.coalesce import Highest
from collab.live.database import close_connections, in_database
from collab.live.drain import before_leaving
from collab.live.errors import Close, CodedError
from collab.live.frames import Frame
from collab.live.hub import Hub
from collab.live.layer import new_layer
from collab.live.limits import Allowances
from collab.live.outlets import Outlet
from collab.live.presence import PresenceStore
from collab.live.tasks import Background
from rooms import arrival, epoch
from rooms.actions.positions import Reading, note_delivered, read_each
from rooms.announce import PRESENCE, presence_of, workspace_of_topic
from rooms.arrival import Arrival, Entitlement
from rooms.codec import encoder
from rooms.comings import Comings
from rooms.feed import RoomFeed
from rooms.log import Draft, append_each
from rooms.signals import Goodbye, Presence, Welcome
from rooms.standing import Standing
from rooms.text import MAX_LENGTH

logger = structlog.get_logger(__name__)

#: Hellos that are answered at a time, so that those who were here before do not wait behind thousands who come at once.
#: What they are told is read for those who wait together: with 32 an arrival costs half as much again, and with 256
#: handshakes wait until their clients give up (`make bench SCENARIO=storm`).
MOST_GREETINGS = 128

#: Seconds between two writings of what clients have confirmed.
DELIVERED_EVERY = 2.0

#: Seconds between two looks whether the data were restored under this node.
EPOCH_EVERY = 30.0

#: Sockets that a node which goes sends on a second, so that not all knock at the others' doors at once.
PARTINGS_A_SECOND = 200
#: Seconds until the last is sent on, however many they are: a part of what `drain.WITHIN` allows.
PARTING_WITHIN = 6.0
#: Seconds until whoever was sent on knocks: at the least, and at the most.
KNOCK_AFTER = (0.05, 0.3)


class Node:
    """What the sockets of one process share."""

    def __init__(self) -> None:
        self.attendance = Attendance(PresenceStore(), _tell_presence, self._nudge)
        self.hub = Hub(new_layer, RoomFeed(), on_up=self._layer_is_up)
        self.comings = Comings(self.hub)
        self.standing = Standing(self.hub)
        self.writer: Batcher[Draft, int | None] = Batcher(
            append_each,
            owner=lambda draft: draft.user.pk,
            weigh=lambda draft: draft.weight,
            # The longest text of all takes up to 0.2 s to render: nobody else waits behind more than about that.
            heaviest=MAX_LENGTH,
            name="writer",
        )
        self.readings: Batcher[Reading, int | None] = Batcher(read_each, name="readings")
        self.delivered = Highest(note_delivered, every=DELIVERED_EVERY)
        self.sessions: Batcher[SignIn, bool] = Batcher(still_stand, name="sessions")
        self.handshakes: Batcher[str, tuple[User, SignIn] | None] = Batcher(apart(signed_in), name="handshakes")
        self.entitlements: Batcher[User, Entitlement] = Batcher(apart(arrival.entitlements), name="entitlements")
        self.welcomes: Batcher[Arrival, Welcome] = Batcher(apart(arrival.welcomes), name="welcomes")
        #: Hellos that are being answered; the rest wait, in the order in which they came.
        self.greetings = asyncio.Semaphore(MOST_GREETINGS)
        self.background = Background()
        self.allowances = Allowances()
        #: The life of the data that everything here is of; none until the first hello.
        self.epoch: UUID | None = None

    def start(self) -> None:
        """Begin to hear the other nodes, and take what is published in this process."""
        self.hub.words[PRESENCE] = self.attendance.hint
        self.hub.start()
        self.attendance.start()
        self.background.run(self.delivered.write_always())
        self.background.run(self.comings.watch())
        self.background.run(self.standing.watch())
        self.background.run(self._watch_epoch())
        publish.attach(self.hub)
        self._register_gauges()
        self._hold_metrics()
        before_leaving(self.drain)

    def live_in(self, found: UUID) -> None:
        """Take note of the data's epoch. Another than before: forget all that is held, and have everyone say hello."""
        if self.epoch not in {None, found}:
            logger.warning("data_restored")
            for outlet in self.hub.sockets:
                # With its last socket a topic goes, and how far it had got.
                self.hub.close(outlet)
                outlet.close(Close.GOING_AWAY)
        self.epoch = found

    async def _watch_epoch(self) -> None:
        """A restore is not for a running site; where it is done all the same, people are not left with what was."""
        while True:
            await asyncio.sleep(EPOCH_EVERY)
            try:
                found = await in_database(epoch.read)
            except CodedError:
                continue
            except Exception:
                # Such as a table that a migration has not made yet. Nobody else looks.
                logger.exception("epoch_unreadable")
                continue
            if found != self.epoch:
                epoch.forget()
            self.live_in(found)

    async def drain(self) -> None:
        """Send everyone on, one after another: each is served until then. Done when all have gone."""
        sockets = list(self.hub.sockets)
        random.shuffle(sockets)
        pause = min(1 / PARTINGS_A_SECOND, PARTING_WITHIN / max(len(sockets), 1))
        await asyncio.gather(*(self._part(outlet, number * pause) for number, outlet in enumerate(sockets)))
        await self.hub.sockets.emptied()
        await self.delivered.flush()

    async def _part(self, outlet: Outlet, after: float) -> None:
        """Say goodbye, finish and acknowledge what was taken in, then close."""
        await asyncio.sleep(after)
        delay = random.uniform(*KNOCK_AFTER)  # noqa: S311 — no secret.
        outlet.send(Frame(encoder.encode(Goodbye(delay=round(delay, 3)))))
        for batcher in self._batchers():
            await batcher.settled()
        outlet.close(Close.GOING_AWAY)

    async def stop(self) -> None:
        """Undo `start`."""
        publish.attach(None)
        await self.background.end()
        await self.comings.stop()
        await self.standing.stop()
        await self.attendance.stop()
        await self.hub.stop()
        for batcher in self._batchers():
            await batcher.idle()
        await close_connections()

    def _register_gauges(self) -> None:
        gauges.register("database", database.gauges)
        parts = ("attendance", "writer", "readings", "sessions", "delivered", "standing", "allowances")
        for part in parts:
            gauges.register(part, getattr(self, part).gauges)

    def _hold_metrics(self) -> None:
        hold = metrics.hold
        hold("sockets", "Open sockets of signed-in people.", lambda: len(self.hub.sockets))
        hold("topics", "Topics that somebody here hears.", lambda: len(self.hub.topics))
        hold("people_online", "People with a socket on this node.", lambda: self.allowances.people_with_sockets)
        hold("layer_up", "1: this node hears the others at once; 0: it finds what they say in the log.", self._is_up)
        hold("layer_waiting", "Messages that wait for the channel layer.", lambda: self.hub.waiting)
        hold("writer_waiting", "Changes of rooms that wait to be stored.", lambda: self.writer.waiting)
        hold("positions_waiting", "Confirmed positions that wait to be written.", lambda: self.delivered.waiting)
        hold("greetings_free", "Hellos that could be answered at once.", lambda: self.greetings._value)  # noqa: SLF001
        hold("database_up", "1: the database answers; 0: it is away, or answers too late.", database.is_up)
        hold("database_threads_waiting", "Calls that wait for a database thread.", database.waiting)
        for name in ("pool_size", "pool_available", "requests_waiting"):
            hold(f"database_{name}", "Of psycopg's pool of connections.", partial(database.pool, name))

    def _is_up(self) -> bool:
        return self.hub.is_up

    def _batchers(self) -> Sequence[Batcher[Any, Any]]:
        """Where what sockets ask for waits to be carried out and answered."""
        return self.writer, self.readings, self.sessions, self.handshakes, self.entitlements, self.welcomes

    def _layer_is_up(self) -> None:
        """What was said meanwhile may be lost."""
        self.attendance.refresh()
        self.comings.check_soon()
        self.standing.check_soon()

    def _nudge(self, topic: str) -> None:
        self.hub.publish([presence_of(topic)])


def _tell_presence(outlets: Sequence[Outlet], topic: str, came: frozenset[int], went: frozenset[int]) -> None:
    said = Presence(workspace=workspace_of_topic(topic), online=tuple(sorted(came)), offline=tuple(sorted(went)))
    frame = Frame(encoder.encode(said))
    for outlet in outlets:
        outlet.send(frame)


_node: Node | None = None
_loop: asyncio.AbstractEventLoop | None = None
_starting = asyncio.Lock()


async def current() -> Node:
    """The node of this process; started when first asked for, on the loop that serves the sockets."""
    global _node, _loop
    async with _starting:
        if _node is None or _loop is not asyncio.get_running_loop():
            # What it starts is not of the socket that came first.
            _node, _loop = contextvars.Context().run(_started), asyncio.get_running_loop()
    return _node


def running() -> Node | None:
    """The node of this process, where it was started."""
    return _node


def _started() -> Node:
    node = Node()
    node.start()
    process.about["node"] = node.hub.node
    logger.info("node_started")
    return node


async def stop() -> None:
    """Stop the node of this process, if it runs."""
    global _node
    node, _node = _node, None
    if node is not None:
        await node.stop()
