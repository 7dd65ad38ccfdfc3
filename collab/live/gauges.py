"""What this process holds at the moment, in numbers, for whoever looks for a leak.

Read only when asked for. SIGUSR1 asks: the process writes one line to its log. Only whoever may signal the process, its
own user and root, can do that; nothing of it is reachable over the network.
"""

import asyncio
import signal
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog

logger = structlog.get_logger(__name__)

#: The event under which the numbers stand in the log.
EVENT = "gauges"

_readers: dict[str, Callable[[], Mapping[str, int]]] = {}


def register(owner: str, read: Callable[[], Mapping[str, int]]) -> None:
    """Have a part's numbers read with the others; one that registers anew takes its own place."""
    _readers[owner] = read


def read() -> dict[str, int]:
    """All numbers, as `owner.name`. Called on the loop."""
    return {f"{owner}.{name}": number for owner, reader in _readers.items() for name, number in reader().items()}


def log() -> None:
    """Write the numbers down, on one line."""
    logger.info("gauges", numbers=read())


def told(line: str) -> dict[str, int] | None:
    """The numbers in a line of a log that is written as JSON; None: the line tells of something else."""
    try:
        said: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return None
    return said["numbers"] if said.get("event") == EVENT else None


def ignore_signal() -> None:
    """Have SIGUSR1 end nothing while the process is not ready to answer it. Called on the main thread."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def log_on_signal() -> None:
    """Answer SIGUSR1 from now on. Called on the loop of the main thread."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, log)
