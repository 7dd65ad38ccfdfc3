"""Leaving in good order: what a process still does between being told to stop and stopping."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Collection

import structlog

logger = structlog.get_logger(__name__)

#: Seconds that all steps together may take.
WITHIN = 10.0
#: Seconds that pages which are still being made then have, and that the kernel has for the last bytes of the last.
PAGES_WITHIN = 3.0
LAST_BYTES = 0.1
#: Seconds after which the process ends whatever holds it, so that it is gone within the 15 that are promised. Python
#: would wait for each thread that waits for a database, and one that hangs lets none go.
GONE_AFTER = 14.0

_steps: list[Callable[[], Awaitable[None]]] = []
_leaving = False
_held = False


def before_leaving(step: Callable[[], Awaitable[None]]) -> None:
    """Have the step done before the process stops."""
    _steps.append(step)


def is_leaving() -> bool:
    """The process was told to stop, or to take nobody in: nobody should be sent to it any more."""
    return _leaving or _held


def hold(is_held: bool) -> None:
    """Take nobody in from now on, without stopping; or do so again."""
    global _held  # noqa: PLW0603 — a process has one door.
    _held = is_held


def is_held() -> bool:
    """Somebody has said that nobody should be taken in here."""
    return _held


async def leave() -> None:
    """Do all steps, whichever of them fails, or give up on them after `WITHIN` seconds."""
    global _leaving  # noqa: PLW0603 — a process leaves once.
    _leaving = True
    logger.info("drain_begun")
    try:
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*map(_done, _steps))
    except TimeoutError:
        logger.warning("drain_cut_short", what="connections", seconds=WITHIN)


async def answered(pages: Callable[[], Collection["asyncio.Future[None]"]]) -> None:
    """Until no page is being made any more, also none that was asked for meanwhile; for `PAGES_WITHIN` seconds at most.

    Args:
        pages: those that are being made now.
    """
    try:
        async with asyncio.timeout(PAGES_WITHIN):
            while making := pages():
                await asyncio.wait(making)
    except TimeoutError:
        logger.warning("drain_cut_short", what="pages", seconds=PAGES_WITHIN)
    await asyncio.sleep(LAST_BYTES)
    logger.info("drain_ended")


def be_gone_in_time() -> None:
    """Have the process end `GONE_AFTER` seconds from now at the latest."""
    timer = threading.Timer(GONE_AFTER, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    logger.critical("drain_forced", seconds=GONE_AFTER)
    # Anything milder waits for the threads.
    os._exit(1)


async def _done(step: Callable[[], Awaitable[None]]) -> None:
    try:
        await step()
    except Exception:
        # The others still have connections to end in good order.
        logger.exception("drain_step_failed")
