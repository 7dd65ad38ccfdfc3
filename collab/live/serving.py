"""What is to run in a process as soon as it serves: told before there is a loop, begun on it."""

from collections.abc import Callable

_begin: list[Callable[[], None]] = []
#: Where this process listens, as `host:port`; empty where it does not say.
addresses: list[str] = []


def when_serving(begin: Callable[[], None]) -> None:
    """Have it called on the loop, once the process serves."""
    _begin.append(begin)


def begin() -> None:
    """The process serves."""
    for each in _begin:
        each()
