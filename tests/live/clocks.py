"""A loop on which time passes as soon as nobody has anything to do: hours of an engine in a moment of a test."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Never waits; says how long it was asked to."""

    def __init__(self, loop: "QuickLoop") -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("Everybody waits for ever")
        if not ready and timeout:
            self._loop.now += timeout
        return ready


class QuickLoop(asyncio.SelectorEventLoop):
    """For what has no sockets and no threads: those take real time."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now


def run_quickly(main: Coroutine[Any, Any, T]) -> T:
    """Run to its end, for what it returns; what sleeps, sleeps no real time."""
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        return runner.run(main)


def quickly(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Have a test run so."""

    @wraps(test)
    def run() -> None:
        run_quickly(test())

    return run
