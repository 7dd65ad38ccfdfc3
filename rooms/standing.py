"""Sessions that ended while no word of it could reach this node: as long as the layer is away, they are looked up.

With the layer there the word comes at once, and a look at each now and then is enough, for those that ended without
one: they expired, or somebody deleted them from the database.
"""

import asyncio
from collections.abc import Sequence

import structlog

from accounts.handshake import SignIn, still_stand
from collab.live.database import in_database
from collab.live.errors import Close, CodedError
from collab.live.hub import Hub
from collab.live.outlets import Outlet
from collab.live.tasks import Background
from collab.live.turns import Turns

logger = structlog.get_logger(__name__)

#: Seconds from one look to the next: at all sessions while the layer is away, else at some.
EVERY = 1.0
#: Seconds from one look at a session to the next while the layer is there.
ALL_WITHIN = 60.0
#: Sessions looked up in one query, and seconds from one to the next: what has changed is unpacked and a signature made,
#: which is not to keep the loop from the thread for long.
SLICE = 200
PAUSE = 0.02


class Standing:
    """Closes those sockets of this node whose session does not stand any more."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sign_ins: dict[Outlet, SignIn] = {}
        self._background = Background()

    def add(self, outlet: Outlet, sign_in: SignIn) -> None:
        """Know the session that a socket came with."""
        self._sign_ins[outlet] = sign_in

    def remove(self, outlet: Outlet) -> None:
        """Forget a socket."""
        self._sign_ins.pop(outlet, None)

    async def stop(self) -> None:
        """Look no more."""
        await self._background.end()

    def check_soon(self) -> None:
        """Look, in the background."""
        self._background.run(self.check())

    async def watch(self) -> None:
        """Look at all again and again while the layer is away or in doubt, and once more when it no longer is."""
        was_sure = True
        turns = Turns(ALL_WITHIN)
        while True:
            is_sure = self._hub.is_sure
            mine = turns.take(self._sign_ins)
            if was_sure and is_sure:
                await self._look_at(mine)
            else:
                await self.check()
            was_sure = is_sure
            await asyncio.sleep(EVERY)

    async def check(self) -> None:
        """Look up all sessions."""
        await self._look_at(list(self._sign_ins.items()))

    async def _look_at(self, sockets: Sequence[tuple[Outlet, SignIn]]) -> None:
        """Look up sessions, a slice at a time. With the database away nobody knows; the next look does."""
        try:
            for start in range(0, len(sockets), SLICE):
                await self._check(sockets[start : start + SLICE])
                await asyncio.sleep(PAUSE)
        except CodedError as error:
            logger.warning("standing_unreadable", error=error)
        except Exception:
            # Looking again is all that can be done, and nobody else does it.
            logger.exception("standing_failed")

    async def _check(self, sockets: Sequence[tuple[Outlet, SignIn]]) -> None:
        stand = await in_database(still_stand, [sign_in for _, sign_in in sockets])
        for (outlet, _), stands in zip(sockets, stand, strict=True):
            if not stands:
                outlet.close(Close.SESSION_ENDED)

    def gauges(self) -> dict[str, int]:
        """Sockets whose session is known."""
        return {"sockets": len(self._sign_ins)}
