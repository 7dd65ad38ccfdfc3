"""Hello and heartbeat: what a socket hears from now on, what it has missed, and whether it has all."""

import asyncio
import random
from collections.abc import Iterable, Mapping

import msgspec
import structlog

from accounts.models import User
from collab.live import journeys, metrics
from collab.live.errors import Close, CodedError, Trimmed
from collab.live.frames import Frame
from collab.live.outlets import Outlet
from rooms import commands
from rooms.announce import room_of_topic, room_topic, user_topic, workspace_of_topic
from rooms.arrival import Arrival
from rooms.codec import encoder
from rooms.events import RoomEvent
from rooms.log import read_after
from rooms.models import Room
from rooms.node import Node
from rooms.signals import CaughtUp, Heads, Reload, RoomState, Signal, Welcome

logger = structlog.get_logger(__name__)

#: Events of a room that are sent again after hello; who missed more loads the room anew.
RELOAD_BEYOND = 1_000
#: The position of a client whose data are not of this life: before any log, so its rooms are loaded anew.
NOWHERE = -RELOAD_BEYOND - 1
#: Seconds over which those who are to look are spread.
NUDGED_WITHIN = 3.0


def say(outlet: Outlet, signal: Signal) -> None:
    """Send a signal to one socket alone."""
    outlet.send(Frame(encoder.encode(signal)))


async def hear_oneself(node: Node, outlet: Outlet, user: User) -> None:
    """Before anything else one's own topic: a membership or session that changes from here on is heard of."""
    await node.hub.listen(outlet, [user_topic(user.pk)])


async def greet(node: Node, outlet: Outlet, user: User, hello: commands.Hello) -> None:
    """Subscribe first, then read the heads, then send what was missed and what came meanwhile.

    Raises:
        CodedError: the database is away; the socket is subscribed by half.
    """
    entitled = await node.entitlements.submit(user)
    await node.hub.listen(outlet, entitled.workspaces)
    welcome = await _hear_rooms(node, outlet, Arrival(user, hello), entitled.rooms)
    node.live_in(welcome.epoch)
    # Nothing is awaited between this and the welcome: whoever comes or goes from now on is told after it.
    online = await node.attendance.come(outlet, entitled.attendance)
    by_workspace = {workspace_of_topic(topic): tuple(sorted(ids)) for topic, ids in online.items()}
    say(outlet, msgspec.structs.replace(welcome, online=by_workspace))
    node.hub.go_live(outlet, (user_topic(user.pk), *entitled.workspaces))
    positions = _positions(hello, welcome)
    for state in welcome.rooms:
        await _resume(node, outlet, state, positions.get(state.room))
    for state in welcome.rooms:
        if (position := positions.get(state.room, NOWHERE)) != NOWHERE:
            _confirm(node, user, state.room, position, node.hub.passed(room_topic(state.room)))
    say(outlet, CaughtUp())
    logger.debug("greeted", rooms=len(welcome.rooms), resumed=len(hello.positions))


async def _hear_rooms(node: Node, outlet: Outlet, arrival: Arrival, topics: Iterable[str]) -> Welcome:
    """Put the socket on its rooms, then read where they stand; whoever comes into a room meanwhile hears it as well."""
    hub = node.hub
    fresh = list(topics)
    while True:
        await hub.listen(outlet, fresh)
        hub.sockets.forget_signals(outlet)
        welcome = await node.welcomes.submit(arrival)
        mine = [room_topic(state.room) for state in welcome.rooms]
        # Whoever was put out of a room in between must not hear it.
        hub.leave(outlet, set(fresh).difference(mine))
        fresh = [topic for topic in mine if not hub.sockets.hears(outlet, topic)]
        if not fresh or outlet not in hub.sockets:
            break
    for state in welcome.rooms:
        hub.sockets.came(outlet, room_topic(state.room), state.head)
        hub.open_gate(room_topic(state.room), state.head)
    return welcome


def _positions(hello: commands.Hello, welcome: Welcome) -> Mapping[int, int]:
    """How far the client got, by room: in another life of the data, nowhere that could be gone on from."""
    if hello.epoch in {None, welcome.epoch}:
        return hello.positions
    return dict.fromkeys(hello.positions, NOWHERE)


async def _resume(node: Node, outlet: Outlet, state: RoomState, position: int | None) -> None:
    topic = room_topic(state.room)
    if not node.hub.sockets.hears(outlet, topic):
        return
    after = state.head if position is None else position
    try:
        _check_not_too_much(state.head, after)
        await node.hub.catch_up(outlet, topic, after, state.head)
    except Trimmed:
        say(outlet, Reload(room=state.room, head=state.head))
        metrics.RELOADS.inc()
        await node.hub.catch_up(outlet, topic, state.head, state.head)


def missed(room: Room, after: int) -> list[RoomEvent]:
    """The events that a client lacks: none beyond the head that was read before the membership was.

    Raises:
        Trimmed: they are too many, or not kept.
    """
    _check_not_too_much(room.head, after)
    # Who is put out meanwhile sees nothing later.
    return read_after(room.pk, after, room.head - after)


def _check_not_too_much(head: int, after: int) -> None:
    if not 0 <= head - after <= RELOAD_BEYOND:
        raise Trimmed


def _confirm(node: Node, user: User, room: int, position: int, passed: int) -> None:
    """Note how far a client has got in a room; never beyond what was passed on here."""
    if passed:
        node.delivered.note((room, user.pk), min(position, passed))


def compare(node: Node, outlet: Outlet, user: User, positions: Mapping[int, int]) -> None:
    """Hold a client's positions against this node's, and see to it that whoever has less gets the rest.

    What was sent here was written to the socket before this is: a client that has less has lost it.
    """
    behind: dict[int, int] = {}
    ahead: list[str] = []
    # The most frequent thing that happens to a site: each person's rooms are gone through once.
    for room, position in positions.items():
        topic = room_topic(room)
        subscription = node.hub.sockets.subscription(outlet, topic)
        if subscription is None or not subscription.is_live:
            continue
        sent = subscription.cursor
        if (reached := min(position, sent)) > subscription.confirmed:
            subscription.confirmed = reached
            _confirm(node, user, room, reached, sent)
            journeys.confirmed(topic, user.pk, reached)
        if position < sent:
            behind[room] = sent
        elif position > sent:
            ahead.append(topic)
    if behind:
        say(outlet, Heads(heads=behind))
    if ahead:
        node.hub.check_soon(ahead)


async def recheck(node: Node, outlet: Outlet, user: User) -> None:
    """Whoever is out of a room may be out of its workspace, and the word of that be lost: say hello anew, if so."""
    try:
        entitled = await node.entitlements.submit(user)
    except CodedError:
        outlet.close(Close.GOING_AWAY)
        return
    # Of each workspace that one is in, one is told who is there.
    if not node.attendance.watched_by(outlet).items() <= entitled.attendance.items():
        outlet.close(Close.GOING_AWAY)


async def nudge(node: Node, outlet: Outlet) -> None:
    """Have both ends look: a person who is here lags behind, whoever it is that lost something.

    Soon, not at once: thousands may be told in the same moment, and those who are not must not wait for all of them.
    """
    await asyncio.sleep(random.uniform(0, NUDGED_WITHIN))  # noqa: S311 — no secret.
    topics = [topic for topic in node.hub.sockets.heard_by(outlet) if room_of_topic(topic)]
    if topics:
        node.hub.check_soon(topics)
        say(outlet, Heads(heads={room_of_topic(topic): node.hub.passed(topic) for topic in topics}))
