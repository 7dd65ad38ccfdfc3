"""Leaving in good order: what a process still does between being told to stop and stopping."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

#: Seconds that all steps together may take.
WITHIN = 10.0

_steps: list[Callable[[], Awaitable[None]]] = []
_leaving = False


def before_leaving(step: Callable[[], Awaitable[None]]) -> None:
    """Have the step done before the process stops."""
    _steps.append(step)


def is_leaving() -> bool:
    """The process was told to stop: nobody should be sent to it any more."""
    return _leaving


async def leave() -> None:
    """Do all steps, whichever of them fails, or give up on them after `WITHIN` seconds."""
    global _leaving  # noqa: PLW0603 — a process leaves once.
    _leaving = True
    try:
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*map(_done, _steps))
    except TimeoutError:
        logger.warning("Some connections were not done after %s s", WITHIN)


async def _done(step: Callable[[], Awaitable[None]]) -> None:
    try:
        await step()
    except Exception:
        # The others still have connections to end in good order.
        logger.exception("A step before leaving failed")
