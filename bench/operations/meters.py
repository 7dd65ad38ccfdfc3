"""What CPU the parts of a lab have used."""

import contextlib
import os
from collections.abc import Iterable

import psutil

from bench import usage
from bench.faults.part import Part


def read(parts: Iterable[Part]) -> dict[str, float]:
    """Seconds by part; those that are alike are counted together, and this process is `people`."""
    used = {"people": sum(os.times()[:2])}
    for part in parts:
        name = part.name.partition("-")[0]
        used[name] = used.get(name, 0.0) + sum(map(seconds, part.family()))
    return used


def seconds(process: psutil.Process) -> float:
    """Of one process; nothing of one that has just ended: PostgreSQL starts some for a moment."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return usage.seconds(process)
    return 0.0
