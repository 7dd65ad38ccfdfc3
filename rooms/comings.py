"""Comings into rooms that this node was not told of: the word of it was lost on the way, and leaves no gap to show it.

Whoever goes is told by an event of the room's log, which is found missing like any other. Whoever comes is told on
their own topic, and that has no log; so new memberships are looked up.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection

import structlog

from accounts.models import User
from collab.live.database import in_database
from collab.live.errors import CodedError
from collab.live.hub import Hub
from collab.live.messages import Message
from collab.live.outlets import Outlet
from collab.live.tasks import Background
from rooms.announce import room_topic, user_topic, welcome_to
from rooms.models import Room, RoomMembership

logger = structlog.get_logger(__name__)

#: Seconds between two looks, and between two while the layer is away.
CHECK, DEAF_CHECK = 30.0, 1.0
#: Seconds for which a coming is looked for again: by then its transaction is over, and its id is not news. More than
#: lies between two looks: of two comings the later one may be committed first, and be seen alone by the first look.
SETTLED_AFTER = 1.5 * CHECK

#: Id of a membership, person and room.
Coming = tuple[int, int, int]


class Comings:
    """Tells the sockets of this node of rooms that their people came into unheard."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._background = Background()
        #: When the newest membership was looked up, and its id; the oldest first.
        self._marks: list[tuple[float, int]] = []

    async def stop(self) -> None:
        """Look no more."""
        await self._background.end()

    def check_soon(self) -> None:
        """Look, in the background."""
        self._background.run(self.check())

    async def watch(self) -> None:
        """Look again and again: every second while the layer is away."""
        clock = asyncio.get_running_loop().time
        checked_at = float("-inf")
        while True:
            if not self._hub.is_sure or clock() > checked_at + CHECK:
                checked_at = clock()
                await self.check()
            await asyncio.sleep(DEAF_CHECK)

    async def check(self) -> None:
        """Look up who came into a room lately, and bring those of their sockets there that do not hear it."""
        try:
            await self._check()
        except CodedError as error:
            logger.warning("comings_unreadable", error=error)
        except Exception:
            # Looking again is all that can be done, and nobody else does it.
            logger.exception("comings_failed")

    async def _check(self) -> None:
        owners = self._owners()
        after = self._settled()
        newest, comings = await in_database(_since, after, owners.keys())
        self._marks.append((asyncio.get_running_loop().time(), newest))
        for _, person, room in comings if after is not None else ():
            if deaf := self._deaf(owners[person], room):
                message = await in_database(_message, person, room)
                # They may have been told, or have gone, while it was read.
                for outlet in self._deaf(deaf, room):
                    await self._bring(outlet, message)

    def _owners(self) -> dict[int, list[Outlet]]:
        """By person, their sockets; those that were not welcomed yet read their rooms themselves."""
        owners: defaultdict[int, list[Outlet]] = defaultdict(list)
        for outlet in self._hub.sockets:
            owners[outlet.owner].append(outlet)
        return owners

    def _deaf(self, outlets: Collection[Outlet], room: int) -> list[Outlet]:
        sockets = self._hub.sockets
        return [
            outlet
            for outlet in outlets
            if sockets.is_live(outlet, user_topic(outlet.owner)) and not sockets.hears(outlet, room_topic(room))
        ]

    def _settled(self) -> int | None:
        """Id beyond which a membership may be news; None: at the first look nothing is."""
        before = asyncio.get_running_loop().time() - SETTLED_AFTER
        while len(self._marks) > 1 and self._marks[1][0] < before:
            self._marks.pop(0)
        return self._marks[0][1] if self._marks else None

    async def _bring(self, outlet: Outlet, message: Message) -> None:
        outlet.send(message.frame)
        if message.control is not None:
            outlet.control(*message.control)
        if message.join is not None:
            await self._hub.subscribe(outlet, message.join.topic, message.join.after)


def _since(after: int | None, people: Collection[int]) -> tuple[int, list[Coming]]:
    """Id of the newest membership of all, and those of these people after an id."""
    newest = RoomMembership.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if after is None or newest <= after:
        return newest, []
    comings = RoomMembership.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "user_id", "room_id")
    # Few are new at a time. To write down all people of a node, in one statement, took longer than to read these.
    return newest, [coming for coming in comings if coming[1] in people]


def _message(person: int, room: int) -> Message:
    return welcome_to(Room.objects.get(pk=room), User.objects.get(pk=person))
