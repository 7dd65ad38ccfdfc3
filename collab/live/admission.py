"""Who comes is let in a few at a time, so that a crowd at the door does not keep those inside waiting.

A handshake that waits costs nothing but its connection; and once many wait, the next connections stay in the kernel, in
the order in which they came.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

#: Handshakes that are worked on at a time.
MOST = 64
#: Handshakes that wait, above which no connection is accepted; and at or below which they are again.
MANY, FEW = 64, 32
#: Connections accepted in one turn of the loop.
AT_ONCE = 16
#: Connections that the kernel has wait for each port, as far as the system lets it (on Linux, `somaxconn`).
BACKLOG = 4_096


class Admission:
    """The handshakes that were asked for and are not answered yet.

    What a client has still to do is not counted: many who do nothing must not keep the others out.

    Args:
        close: no connection is accepted from now on.
        reopen: they are again.
    """

    def __init__(self, close: Callable[[], None], reopen: Callable[[], None]) -> None:
        self._close = close
        self._reopen = reopen
        self._in_progress: set[object] = set()
        self._waiting: dict[object, tuple[Callable[[], Any], Deferred[Any]]] = {}
        self._is_closed = False

    def gauges(self) -> dict[str, int]:
        """Handshakes that are worked on, and that wait."""
        return {"handshakes": len(self._in_progress), "waiting": len(self._waiting)}

    def admit(self, handshake: object, start: Callable[[], Any]) -> Any:
        """Begin a handshake, now or when it is its turn; what `start` returns, or a promise of it."""
        if len(self._in_progress) < MOST:
            self._in_progress.add(handshake)
            return start()
        promise: Deferred[Any] = Deferred()
        self._waiting[handshake] = start, promise
        if len(self._waiting) >= MANY and not self._is_closed:
            self._is_closed = True
            self._close()
        return promise

    def end(self, handshake: object) -> None:
        """It was answered, or its client has gone; said more than once it changes nothing."""
        self._waiting.pop(handshake, None)
        self._in_progress.discard(handshake)
        while self._waiting and len(self._in_progress) < MOST:
            self._begin_next()
        if len(self._waiting) <= FEW and self._is_closed:
            self._is_closed = False
            self._reopen()

    def _begin_next(self) -> None:
        handshake = next(iter(self._waiting))
        start, promise = self._waiting.pop(handshake)
        self._in_progress.add(handshake)
        try:
            promise.callback(start())
        except Exception:  # noqa: BLE001 — it belongs to the handshake; the next have their turns all the same.
            promise.errback()


def with_backlog(endpoint: str) -> str:
    """Twisted's description of an endpoint, with room for a crowd where it does not say how much itself."""
    has_room = ":backlog=" in endpoint or endpoint.partition(":")[0] not in {"tcp", "ssl", "unix"}
    return endpoint if has_room else f"{endpoint}:backlog={BACKLOG}"
