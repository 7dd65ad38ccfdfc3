"""Sessions that ended while no word of it could reach this node: as long as the layer is away, they are looked up.

With the layer there the word comes at once, and a look now and then at what is said (`RoomConsumer.judge`) is enough.
"""

import asyncio
import logging
from collections.abc import Sequence

from accounts.handshake import still_stand
from collab.live.database import in_database
from collab.live.errors import Close, CodedError
from collab.live.hub import Hub
from collab.live.outlets import Outlet
from collab.live.tasks import Background

logger = logging.getLogger(__name__)

#: Seconds from one look at all sessions to the next.
EVERY = 1.0
#: Sessions looked up in one query, and seconds from one to the next: each is unpacked and its signature made, which is
#: not to keep the loop from the thread for long.
SLICE = 200
PAUSE = 0.02


class Standing:
    """Closes those sockets of this node whose session does not stand any more."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._keys: dict[Outlet, str] = {}
        self._background = Background()

    def add(self, outlet: Outlet, session_key: str) -> None:
        """Know the session that a socket came with."""
        self._keys[outlet] = session_key

    def remove(self, outlet: Outlet) -> None:
        """Forget a socket."""
        self._keys.pop(outlet, None)

    async def stop(self) -> None:
        """Look no more."""
        await self._background.end()

    def check_soon(self) -> None:
        """Look, in the background."""
        self._background.run(self.check())

    async def watch(self) -> None:
        """Look again and again while the layer is away or in doubt, and once more when it no longer is."""
        was_sure = True
        while True:
            is_sure = self._hub.is_sure
            if not (was_sure and is_sure):
                await self.check()
            was_sure = is_sure
            await asyncio.sleep(EVERY)

    async def check(self) -> None:
        """Look up all sessions, a slice at a time. With the database away nobody knows; the next look does."""
        sockets = list(self._keys.items())
        try:
            for start in range(0, len(sockets), SLICE):
                await self._check(sockets[start : start + SLICE])
                await asyncio.sleep(PAUSE)
        except CodedError as error:
            logger.warning("Whether sessions still stand cannot be looked up: %s", error)

    async def _check(self, sockets: Sequence[tuple[Outlet, str]]) -> None:
        stand = await in_database(still_stand, [key for _, key in sockets])
        for (outlet, _), stands in zip(sockets, stand, strict=True):
            if not stands:
                outlet.close(Close.SESSION_ENDED)

    def gauges(self) -> dict[str, int]:
        """Sockets whose session is known."""
        return {"sockets": len(self._keys)}
