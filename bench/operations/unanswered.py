"""A client's commands under way: each is sent again, in order, until it has its reply."""

import asyncio
import itertools
from collections.abc import Callable

from bench.faults.frames import Frame
from bench.operations.operation import UNTRIED, Operation

Send = Callable[[Operation, int], bool]


class Unanswered:
    """Commands without a reply.

    Args:
        send: sends one under a number; False: there is no socket to send it on.
        done: is told of each that has its reply.
    """

    def __init__(self, send: Send, done: Callable[[Operation], None]) -> None:
        self._send = send
        self._done = done
        self._ids = itertools.count(1)
        self._open: dict[int, Operation] = {}
        #: Those of them that were put off, and wait to be sent again.
        self._put_off: dict[int, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, operation: Operation) -> None:
        """Send a command, now or as soon as there is a socket."""
        number = next(self._ids)
        self._open[number] = operation
        self._try(number)

    def live(self) -> None:
        """There is a socket again: send all, in the order in which they were first sent."""
        for number in list(self._open):
            if number not in self._put_off:
                self._try(number)

    def settle(self, reply: Frame) -> None:
        """A reply came."""
        number = reply.id or 0
        operation = self._open.get(number)
        if operation is None:
            return
        if reply.code in UNTRIED:
            operation.attempts -= 1
        if reply.code and reply.retry_after is not None:
            self._later(number, reply.retry_after)
            return
        del self._open[number]
        operation.is_answered, operation.seq, operation.code = True, reply.seq, reply.code
        self._done(operation)

    def _later(self, number: int, seconds: float) -> None:
        if number not in self._put_off:
            self._put_off[number] = asyncio.get_running_loop().call_later(seconds, self._again, number)

    def _again(self, number: int) -> None:
        del self._put_off[number]
        self._try(number)

    def _try(self, number: int) -> None:
        operation = self._open[number]
        if self._send(operation, number):
            operation.attempts += 1
