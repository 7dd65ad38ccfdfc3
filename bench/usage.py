"""What the site's processes use, as the system counts it."""

import contextlib
import os
from collections import defaultdict
from pathlib import Path

import psutil

from bench.errors import CannotMeasure

#: How a process is known by its command line, the first mark that fits; what fits none is the supervisor.
MARKS = {
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
        self.root = psutil.Process(root)

    def read(self) -> Reading:
        """CPU that every process has used up to now; those that end meanwhile are left out."""
        reading: Reading = {}
        for process in [self.root, *self.root.children(recursive=True)]:
            try:
                times = process.cpu_times()
                reading[process.pid] = part(process), times.user + times.system
            except psutil.NoSuchProcess:
                continue
        return reading

    def web(self) -> psutil.Process:
        """The Daphne process."""
        for process in [self.root, *self.root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                if part(process) == "Daphne":
                    return process
        raise CannotMeasure("the site has no Daphne process; look at what it says.")

    def memory(self) -> int:
        """Bytes that Daphne alone holds (USS)."""
        return int(self.web().memory_full_info().uss)


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


def listener(port: int) -> int:
    """The process to count from, of a site that somebody else started: its `manage.py up`, else what has the port.

    Raises:
        CannotMeasure: nobody listens there, or one may not see who.
    """
    listening = (each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
    pids = {each.pid for each in listening if each.laddr and each.laddr.port == port}
    pid = next((pid for pid in pids if pid), None)
    if pid is None:
        raise CannotMeasure(f"no process of this person's listens on port {port}; start the site first.")
    ancestors = psutil.Process(pid).parents()
    return next((each.pid for each in ancestors if each.cmdline()[-2:] == ["manage.py", "up"]), pid)


def pin(pid: int, core: int) -> None:
    """Keep a process, with all threads it has and will have, on one core."""
    for thread in psutil.Process(pid).threads():
        os.sched_setaffinity(thread.id, {core})


def cores() -> tuple[int, int] | None:
    """A core for Daphne and another for the load; None where there is only one."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[0], mine[-1]) if len(mine) > 1 else None
