"""One `up` for each folder, and nothing left of an earlier one that was killed."""

import fcntl
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import psutil

from .errors import CannotStart

PATIENCE = 15.0


def lock(var: Path, address: str) -> IO[str]:
    """Hold the folder for this process; the system lets go of it when the process ends, however it ends."""
    file = (var / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise CannotStart(
            f"already running on {var}: {file.read().strip() or 'starting'}. "
            "Stop that one first, or give this one a folder and a port of its own: VAR_DIR=/path PORT=9000 make up"
        ) from None
    file.truncate(0)
    file.write(address)
    file.flush()
    return file


def remember(record: Path, pids: Iterable[int]) -> None:
    """Write down which processes run, each with the moment it began: a number alone may be another's tomorrow."""
    running = [[pid, psutil.Process(pid).create_time()] for pid in pids if psutil.pid_exists(pid)]
    new = record.with_suffix(".new")
    new.write_text(json.dumps(running))
    new.replace(record)


def clear(record: Path) -> int:
    """End what an `up` that was killed left behind, first started last; the number of processes found."""
    found = list(left_behind(record))
    for process in reversed(found):
        end(process)
    record.unlink(missing_ok=True)
    return len(found)


def left_behind(record: Path) -> Iterable[psutil.Process]:
    """The recorded processes that still run."""
    try:
        recorded = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return
    for pid, began in recorded:
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - began) < 0.05:
                yield process
        except psutil.NoSuchProcess:
            continue


def end(process: psutil.Process) -> None:
    """Ask it to end, then end it and its children by force."""
    try:
        family = process.children(recursive=True)
        process.terminate()
        process.wait(PATIENCE)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        for member in [process, *family]:
            if member.is_running():
                member.kill()
        psutil.wait_procs([process, *family], timeout=PATIENCE)
