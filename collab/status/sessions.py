"""The sessions of the canary's two people: made when they are needed, and again when they do no more."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from django.db import Error as DatabaseError

from accounts.actions.sessions import open_session, prolong_sessions
from accounts.models import User
from collab.status.store import closing

logger = structlog.get_logger(__name__)

#: Seconds that one lasts, and after which it is to be prolonged.
LASTS, PROLONGED = 2 * 24 * 3600, 6 * 3600.0


class Sessions:
    """Of one process; those of one that died end by themselves."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}

    def of(self, user: User) -> Callable[[bool], Awaitable[str]]:
        """What gives the key of the person's session, another one if told that the last does no more."""

        async def key(renew: bool) -> str:
            if renew or user.pk not in self._keys:
                self._keys[user.pk] = await asyncio.to_thread(closing, open_session, user=user, seconds=LASTS)
            return self._keys[user.pk]

        return key

    async def prolong(self) -> None:
        """Have them last as if they were new. Where that fails they end, and others are made."""
        try:
            await asyncio.to_thread(closing, prolong_sessions, keys=list(self._keys.values()), seconds=LASTS)
        except DatabaseError as error:
            logger.warning("canary_sessions_failed", error=error)
