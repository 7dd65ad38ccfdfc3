"""One process of the canary: of several one measures at a time, and the others wait to take over."""

import asyncio
import contextlib
import os
import secrets
import socket

import structlog
from django.db import Error as DatabaseError

from collab.status import lease, people
from collab.status.beats import Beats
from collab.status.keeper import Keeper
from collab.status.models import Canary
from collab.status.sessions import Sessions
from collab.status.store import closing
from collab.status.turn import Turn, this_minute

logger = structlog.get_logger(__name__)


class Measuring:
    """Runs until it is asked to stop."""

    def __init__(self) -> None:
        self.me = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stopping = asyncio.Event()
        self._beats = Beats()
        self._keeper = Keeper(self.me, self._beats)
        self._sessions = Sessions()

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping.set()

    async def run(self) -> None:
        """Measure when it is one's turn; at the end, let another have it."""
        canary = await self._settle()
        if canary is None:
            return
        while not self._stopping.is_set():
            await self._keeper.report(this_minute())
            if self._keeper.is_holder:
                turn = Turn(canary, self._keeper, self._beats, self._sessions, self._stopping)
                await turn.run()
            else:
                await self._pause(lease.RENEWED)
        # First into the file: the database may hang, and whoever waits for this process may not.
        self._keeper.note(this_minute())
        await self._keeper.let_go(this_minute())

    async def _settle(self) -> Canary | None:
        """Who it is; None: it is to stop before the database could tell."""
        while not self._stopping.is_set():
            try:
                return await asyncio.to_thread(closing, people.settled)
            except DatabaseError as error:
                logger.warning("canary_waits", error=error)
                await self._pause(lease.RENEWED)
        return None

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
