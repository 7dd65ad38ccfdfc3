"""A person's own messages until the server has accepted them, as static/js/live/outbox.js keeps them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bench.plan import Saying

#: Codes that say nothing about the message: the same may succeed once there is a socket again.
NO_VERDICT = frozenset({"unknown", "hello_first"})
UNANSWERED_PAUSE = 2.0


class Answer(NamedTuple):
    """What became of one attempt: accepted at a seq, or refused. `retry_after` in seconds; None: do not."""

    seq: int | None = None
    code: str = ""
    retry_after: float | None = None


UNKNOWN = Answer(code="unknown")


class Outbox:
    """Sends a room's messages one after another, each with the same client id until it is accepted.

    Args:
        send: sends one and returns what was answered.
        refused: is told of messages that no retry helps.
    """

    def __init__(self, send: Callable[[Saying], Awaitable[Answer]], refused: Callable[[Saying, str], None]) -> None:
        self._send = send
        self._refused = refused
        self._waiting: dict[str, Saying] = {}
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._is_open = False

    @property
    def is_empty(self) -> bool:
        """Nothing waits."""
        return not self._waiting

    def __contains__(self, client_id: str) -> bool:
        """Whether a message still waits, for its turn or for its answer."""
        return client_id in self._waiting

    def add(self, saying: Saying) -> None:
        """Keep a message, and send it as soon as that is possible."""
        self._waiting[saying.client_id] = saying
        self._pump(saying.room)

    def accepted(self, client_id: str) -> None:
        """The server has it."""
        self._waiting.pop(client_id, None)

    def live(self) -> None:
        """There is a live socket: everything that waits goes."""
        self._is_open = True
        for room in {saying.room for saying in self._waiting.values()}:
            self._pump(room)

    def lost(self) -> None:
        """The socket is gone: what waits stays."""
        self._is_open = False

    async def close(self) -> None:
        """Send no more."""
        self.lost()
        for task in list(self._busy.values()):
            task.cancel()

    def _pump(self, room: int) -> None:
        if room in self._busy or not self._is_open:
            return
        task = self._busy[room] = asyncio.create_task(self._drain(room))
        task.add_done_callback(lambda _: self._drained(room))

    def _drained(self, room: int) -> None:
        del self._busy[room]
        # A socket may have come back while the last one's answer was still waited for.
        if self._next(room) is not None:
            self._pump(room)

    def _next(self, room: int) -> Saying | None:
        return next((saying for saying in self._waiting.values() if saying.room == room), None)

    async def _drain(self, room: int) -> None:
        while self._is_open and (saying := self._next(room)) is not None:
            answer = await self._send(saying)
            if answer.seq is not None:
                self.accepted(saying.client_id)
            elif self._is_open:
                await self._settle(saying, answer)

    async def _settle(self, saying: Saying, answer: Answer) -> None:
        if answer.code in NO_VERDICT:
            await asyncio.sleep(UNANSWERED_PAUSE)
        elif answer.retry_after is not None:
            await asyncio.sleep(answer.retry_after)
        else:
            self.accepted(saying.client_id)
            self._refused(saying, answer.code)
