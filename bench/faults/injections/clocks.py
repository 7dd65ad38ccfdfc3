"""Clocks that disagree."""

import asyncio
from pathlib import Path

from bench.faults.catalog import fault
from bench.faults.scene import Scene

#: Where distributions put libfaketime.
PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")

#: Only the date is to be wrong. Left to "fix" waits, the library has threads wait for the interpreter's lock up to
#: half a second, and a site looks slow that is not: a send took 15 s so, 0.2 s without.
TIMERS = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}


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
        await lab.replace_node(number, LD_PRELOAD=str(library()), FAKETIME=shift, **TIMERS)
    await scene.crowd.come_anew()
    told = [f"{lab.nodes[number].name} {shift} with {lab.seated(number)} people" for number, shift in shifts.items()]
    scene.notes.append(", ".join(told))
    if not any(lab.seated(number) for number in shifts):
        scene.broken.append("nobody was on a node whose clock is wrong")
    scene.breaks()
    await asyncio.sleep(10)
    for number in shifts:
        await lab.replace_node(number)
    scene.is_whole()
