"""Clocks that disagree."""

import asyncio
from pathlib import Path

from bench.faults.catalog import fault
from bench.faults.scene import Scene

#: Where distributions put libfaketime.
PLACES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")


def library() -> Path | None:
    """The library that shifts a process's clock."""
    return next((path for place in PLACES for path in Path("/").glob(place[1:])), None)


def why_not() -> str:
    """Why it cannot be done here."""
    return "" if library() else "libfaketime is not installed (on Debian: apt install libfaketime)."


@fault("clocks-disagree", why_not=why_not)
async def clocks_disagree(scene: Scene) -> None:
    """One node's clock is five minutes ahead, another's five behind; the order is the log's."""
    lab = scene.lab
    shifts = dict(
        zip(scene.lot.sample(range(len(lab.nodes)), min(2, len(lab.nodes))), ("+300s", "-300s"), strict=False)
    )
    for number, shift in shifts.items():
        await lab.replace_node(number, LD_PRELOAD=str(library()), FAKETIME=shift, FAKETIME_DONT_FAKE_MONOTONIC="1")
    scene.breaks()
    await asyncio.sleep(10)
    for number in shifts:
        await lab.replace_node(number)
    scene.is_whole()
