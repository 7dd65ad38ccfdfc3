"""What the site's processes use, as the system counts it."""

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil

from bench.errors import CannotMeasure

#: How a process is known by its command line, the first mark that fits; what fits none is the supervisor.
LOAD = "load generator"
MARKS = {
    "bench.load": LOAD,
    "bench.": "bench",
    "collab.asgi": "Daphne",
    "postgres": "PostgreSQL",
    "valkey": "Valkey",
    " beat ": "beat",
    " worker ": "worker",
}
SUPERVISOR = "up"

#: By process, its part and the seconds of CPU it has used so far.
Reading = dict[int, tuple[str, float]]


class Census:
    """The processes under one, by the part of the site they are."""

    def __init__(self, root: int) -> None:
        self.root = root

    def read(self) -> Reading:
        """CPU that every process has used up to now; those that end meanwhile are left out."""
        reading: Reading = {}
        for process in family(self.root):
            with contextlib.suppress(psutil.NoSuchProcess):
                reading[process.pid] = part(process), seconds(process)
        return reading

    def nodes(self) -> list[psutil.Process]:
        """The Daphne processes.

        Raises:
            CannotMeasure: there is none.
        """
        found = []
        for process in family(self.root):
            with contextlib.suppress(psutil.NoSuchProcess):
                if part(process) == "Daphne":
                    found.append(process)
        if not found:
            raise CannotMeasure("the site has no Daphne process; look at what it says.")
        return found

    def memory(self) -> int:
        """Bytes that the Daphne processes alone hold (USS), together."""
        return sum(int(node.memory_full_info().uss) for node in self.nodes())


class Usage(msgspec.Struct):
    """What was used in a stretch of time.

    `cpu`: seconds by part. `waited`: seconds for which Daphne's loops (together) and the load's were ready to run and
    had no core. `load_average`: the machine's, before and after.
    """

    seconds: float
    cpu: dict[str, float]
    waited: dict[str, float]
    load_average: tuple[float, float]

    def of_site(self) -> float:
        """Seconds of CPU of all that is not of the bench."""
        return sum(seconds for name, seconds in self.cpu.items() if name not in {LOAD, "bench"})


class Meter:
    """Reads the meters when it is made, and again when it is asked.

    Args:
        census: of the site.
        loads: ids of the load's processes.
    """

    def __init__(self, census: Census, loads: Sequence[int]) -> None:
        self._census, self._loads = census, loads
        self._began = time.monotonic()
        self._cpu, self._waited, self._average = self._read()

    def _read(self) -> tuple[Reading, dict[str, float], float]:
        nodes = [node.pid for node in self._census.nodes()]
        waits = {"Daphne": sum(map(waited, nodes)), "the load": sum(map(waited, self._loads))}
        return self._census.read(), waits, os.getloadavg()[0]

    def used(self) -> Usage:
        """What was used since."""
        cpu, waits, average = self._read()
        return Usage(
            seconds=time.monotonic() - self._began,
            cpu=used(self._cpu, cpu),
            waited={name: seconds - self._waited[name] for name, seconds in waits.items()},
            load_average=(self._average, average),
        )


def family(pid: int) -> list[psutil.Process]:
    """A process and its children: PostgreSQL's and Celery's are processes of their own. None where it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def seconds(process: psutil.Process) -> float:
    """Seconds of CPU that a process has used, of the system's for it too.

    Raises:
        psutil.NoSuchProcess: it is gone.
    """
    times = process.cpu_times()
    return float(times.user + times.system)


def part(process: psutil.Process) -> str:
    """Which part of the site a process is."""
    command = " ".join(process.cmdline())
    return next((name for mark, name in MARKS.items() if mark in command), SUPERVISOR)


def used(before: Reading, after: Reading) -> dict[str, float]:
    """Seconds of CPU by part, between two readings."""
    total: dict[str, float] = defaultdict(float)
    for pid, (name, seconds) in after.items():
        total[name] += seconds - before.get(pid, (name, 0.0))[1]
    return dict(total)


def waited(pid: int) -> float:
    """Seconds that a process's main thread was ready to run and had no core.

    Its own other threads, PostgreSQL, or other people's programs had it. Zero where the system does not tell (Linux
    does, in `schedstat`).
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def pin(pid: int, core: int) -> None:
    """Keep a process, with all threads it has and will have, on one core."""
    for thread in psutil.Process(pid).threads():
        os.sched_setaffinity(thread.id, {core})


def cores() -> tuple[int, int] | None:
    """A core for Daphne and another for the load; None where there is only one."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[0], mine[-1]) if len(mine) > 1 else None
