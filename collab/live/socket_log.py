"""What is written down of one socket: once what it was refused, and at its end all of it on one line."""

import time
import uuid
from collections import Counter
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars

from collab.live.errors import Close, CodedError
from collab.live.handshake import header
from collab.live.request_id import HEADER, given

logger = structlog.get_logger(__name__)


class SocketLog:
    """Made in the socket's own task: the names that it binds stand on all lines of it, and of the tasks it makes."""

    __slots__ = ("_began", "_refused")

    def __init__(self, scope: dict[str, Any]) -> None:
        self._began = time.monotonic()
        self._refused: Counter[str] | None = None
        name = uuid.uuid4().hex[:12]
        # A proxy's name for the request, so that its log and this one can be laid side by side.
        bind_contextvars(socket=name, request=given(header(scope, HEADER.lower().encode())) or name)

    def opened(self, owner: int) -> None:
        """It is a person's."""
        bind_contextvars(person=owner)
        logger.debug("socket_opened")

    def turned_away(self, code: Close) -> None:
        """Its handshake was refused."""
        logger.info("handshake_refused", code=int(code), reason=code.name.lower())

    def refused(self, command: int | None, refusal: CodedError) -> None:
        """A command was. Told once a code: whoever floods the site must not flood its log."""
        if self._refused is None:
            self._refused = Counter()
        self._refused[refusal.code] += 1
        if self._refused[refusal.code] == 1:
            logger.info("command_refused", command=command, code=refusal.code)

    def failed(self, error: BaseException) -> None:
        """A command broke, by a fault of the site's own."""
        logger.error("command_failed", exc_info=error)

    def closed(self, ours: Close | None, theirs: int | None, *, is_greeted: bool) -> None:
        """It is over: with the code of whoever closed it first."""
        logger.info(
            "socket_closed",
            code=theirs if ours is None else int(ours),
            reason="client" if ours is None else ours.name.lower(),
            seconds=round(time.monotonic() - self._began, 1),
            greeted=is_greeted,
            refused=dict(self._refused or {}),
        )
