"""Waiting for a thing, never for a time."""

import asyncio
from collections.abc import Callable

#: Seconds after which a thing that was waited for counts as not coming.
PATIENCE = 20.0


async def until(is_so: Callable[[], bool]) -> None:
    """Return as soon as it is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 — for what tells nobody that it has come.
            await asyncio.sleep(0.005)
