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
    """Do all steps, or give up on them after `WITHIN` seconds."""
    global _leaving  # noqa: PLW0603 — a process leaves once.
    _leaving = True
    try:
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*(step() for step in _steps))
    except TimeoutError:
        logger.warning("Some connections were not done after %s s", WITHIN)
