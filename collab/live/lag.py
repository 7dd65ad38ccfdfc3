"""How late the event loop is: everybody whose socket is here waits as long."""

import asyncio

from collab.live import faults, metrics

#: Seconds between two looks.
LOOK = 0.25
#: Seconds that everyone noticed.
STALL = 0.5

_worst = 0.0


async def watch() -> None:
    """Look again and again, for ever."""
    global _worst  # noqa: PLW0603 — a process has one loop.
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + LOOK
        await asyncio.sleep(LOOK)
        late = max(clock() - due, 0.0)
        metrics.LOOP_LAG.observe(late)
        _worst = max(_worst, late)
        if late > STALL:
            faults.note("stall", f"Nobody was served for more than {STALL} s.")


def worst() -> float:
    """The longest delay since this was last asked, in seconds."""
    global _worst
    found, _worst = _worst, 0.0
    return found
