"""A server that is being measured, and what its processes use."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil

from bench import usage
from bench.peers.job import Seat


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs.

    Args:
        url: where.
        pid: of the process that is measured, with its children.
        beside: by name, other processes that do part of the work.
        halls: seats in rooms.
        crowd: the same number in one room.
    """

    url: str
    pid: int
    beside: Mapping[str, Sequence[int]]
    halls: list[Seat]
    crowd: list[Seat]

    def used(self) -> dict[str, float]:
        """By name, seconds of CPU up to now; the server's own under an empty one."""
        return {"": cpu([self.pid]), **{name: cpu(pids) for name, pids in self.beside.items()}}

    def memory(self) -> int:
        """Bytes that the server's processes hold alone (USS)."""
        return sum(int(process.memory_full_info().uss) for process in family([self.pid]))


def family(pids: Iterable[int]) -> Iterable[psutil.Process]:
    """These processes and their children, each once: some may be others' children."""
    return {process.pid: process for pid in pids for process in usage.family(pid)}.values()


def cpu(pids: Iterable[int]) -> float:
    """Seconds of CPU, of the system's for them too, that these processes and their children have used."""
    total = 0.0
    for process in family(pids):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += usage.seconds(process)
    return total


def pin(pids: Iterable[int], core: int) -> None:
    """Keep these processes, their children and all their threads on one core."""
    for process in family(pids):
        with contextlib.suppress(psutil.NoSuchProcess):
            usage.pin(process.pid, core)


def seats(count: int, rooms_of: int) -> list[Seat]:
    """Seats in rooms 1, 2, 3… of so many."""
    return [Seat(number // rooms_of + 1) for number in range(count)]
