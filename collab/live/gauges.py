"""What this process holds at the moment, in numbers, for whoever looks for a leak.

Read only when asked for. SIGUSR1 asks: the process writes one line to its log. Only whoever may signal the process, its
own user and root, can do that; nothing of it is reachable over the network.
"""

import asyncio
import json
import logging
import signal
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

#: What stands before the numbers in the log.
MARK = "Gauges: "

_readers: dict[str, Callable[[], Mapping[str, int]]] = {}


def register(owner: str, read: Callable[[], Mapping[str, int]]) -> None:
    """Have a part's numbers read with the others; one that registers anew takes its own place."""
    _readers[owner] = read


def read() -> dict[str, int]:
    """All numbers, as `owner.name`. Called on the loop."""
    return {f"{owner}.{name}": number for owner, reader in _readers.items() for name, number in reader().items()}


def log() -> None:
    """Write the numbers down, as JSON on one line."""
    logger.info("%s%s", MARK, json.dumps(read()))


def ignore_signal() -> None:
    """Have SIGUSR1 end nothing while the process is not ready to answer it. Called on the main thread."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def log_on_signal() -> None:
    """Answer SIGUSR1 from now on. Called on the loop of the main thread."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, log)
