"""One of the canary's two WebSockets: through the public address, kept open, opened anew when it breaks."""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

logger = structlog.get_logger(__name__)

#: Seconds until the next try: a random part of them, doubled up to the longest. A page waits up to 30; the canary is
#: one, is no crowd at the door, and is to see soon that all is well again.
FIRST, LONGEST = 0.5, 5.0
#: Close codes after which a client needs another session.
NO_SESSION = {4201, 4202}
#: Others after which it is no use to come back, with what whoever looks after the site is to do.
HINTS = {
    4203: "the site does not take its Origin: CANARY_URL must lead to the site whose SITE_URL this is",
    4204: "the site speaks another protocol: CANARY_URL must lead to this version of it",
}
TROUBLE = (OSError, EOFError, ConnectionClosed, InvalidHandshake, DatabaseError)

Frame = dict[str, Any]


class Line:
    """A person's connection.

    Args:
        name: whose it is, for the log.
        session: gives the key of a session, another one if told that the last did not do.
        hear: is told of every event.
        answered: is told of each beat whether it was accepted.
        later: is told of each beat that was refused for now, and after how many seconds it may be posted again.
        clock: seconds.
        again: is awaited when it has caught up, to post once more what got no answer.
    """

    def __init__(
        self,
        name: str,
        *,
        session: Callable[[bool], Awaitable[str]],
        hear: Callable[[Frame], None],
        answered: Callable[[UUID, bool], None],
        later: Callable[[UUID, float], None],
        clock: Callable[[], float],
        again: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        #: Since when it has heard all that there is; None while it does not.
        self.since: float | None = None
        self.caught_up = asyncio.Event()
        self._session = session
        self._hear = hear
        self._answered = answered
        self._later = later
        self._clock = clock
        self._again = again
        self._socket: ClientConnection | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, UUID] = {}
        self._positions: dict[int, int] = {}
        self._renew = False
        self._wait = FIRST
        #: Seconds until coming back, where a node that goes has named them.
        self._asked = 0.0
        self._trouble = ""

    async def stay(self) -> None:
        """Be connected, until this is cancelled."""
        while True:
            try:
                await self._live()
            except TROUBLE as error:
                self._tell(_words(error))
            finally:
                self._part()
            await asyncio.sleep(self._asked or random.uniform(0, self._wait))  # noqa: S311 — no secret.
            self._asked = 0.0
            self._wait = min(2 * self._wait, LONGEST)

    async def post(self, room: int, beat: UUID) -> None:
        """Say something; `answered` is told the answer. Where the line is not there or breaks, `again` has its turn."""
        if self.since is None:
            return
        number = next(self._ids)
        self._waiting[number] = beat
        with contextlib.suppress(*TROUBLE):
            await self._say({"type": "post", "id": number, "room": room, "client_id": str(beat), "text": str(beat)})

    async def ping(self) -> None:
        """Keep the presence and the socket. A line that breaks over it is opened anew by `stay`."""
        try:
            await self._say({"type": "ping", "id": next(self._ids), "positions": self._positions})
        except TROUBLE:
            return

    async def _live(self) -> None:
        """One socket from its handshake to its end."""
        key = await self._session(self._renew)
        self._renew = False
        async with connect(
            settings.CANARY_URL.replace("http", "ws", 1) + "/ws/",
            origin=Origin(settings.SITE_URL),
            additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"},
            subprotocols=[Subprotocol("collab.v1")],
            proxy=None,
            close_timeout=1,
            ping_interval=10,
            ping_timeout=10,
        ) as socket:
            self._socket = socket
            await self._say({"type": "hello", "id": next(self._ids), "positions": self._positions})
            async for data in socket:
                frame = json.loads(data)
                self._take(frame)
                await self._heed(frame)

    async def _say(self, frame: Frame) -> None:
        if self._socket is None:
            raise ConnectionError
        await self._socket.send(json.dumps(frame))

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "ok" | "error":
                self._answer(frame)
            case "goodbye":
                self._asked = frame["delay"]
            case "welcome":
                heads = {state["room"]: state["head"] for state in frame["rooms"]}
                self._positions = {room: self._positions.get(room, head) for room, head in heads.items()}
            case "caught_up":
                self._tell("")
                self._wait = FIRST
                self.since = self._clock()
                self.caught_up.set()
            case "reload":
                self._positions[frame["room"]] = frame["head"]
            case _ if "seq" in frame:
                self._positions[frame["room"]] = frame["seq"]
                self._hear(frame)

    async def _heed(self, frame: Frame) -> None:
        """Confirm what came, and ask for what is missing, as any client does: what heals a page is no loss here."""
        if frame["type"] == "caught_up" and self._again is not None:
            await self._again()
        if "seq" in frame and "room" in frame:
            await self._say({"type": "confirm", "id": next(self._ids), "positions": self._positions})
        for room, head in frame.get("heads", {}).items():
            if (after := self._positions.get(int(room), head)) < head:
                await self._say({"type": "fetch", "id": next(self._ids), "room": int(room), "after": after})

    def _answer(self, frame: Frame) -> None:
        if (beat := self._waiting.pop(frame["id"], None)) is None:
            return
        if (seconds := frame.get("retry_after")) is not None:
            self._later(beat, seconds)
        else:
            self._answered(beat, frame["type"] == "ok")

    def _part(self) -> None:
        """The socket is gone, and with it the answers that did not come."""
        if self._socket is not None:
            code = self._socket.close_code or 0
            self._renew = code in NO_SESSION
            if code in HINTS:
                self._tell(HINTS[code])
        self._socket = self.since = None
        self.caught_up.clear()
        self._waiting.clear()

    def _tell(self, trouble: str) -> None:
        """One line when something is wrong, one when it is over."""
        if trouble and not self._trouble:
            logger.warning("canary_cut_off", end=self.name, site=settings.CANARY_URL, error=trouble)
        elif self._trouble and not trouble:
            logger.info("canary_through", end=self.name)
        self._trouble = trouble


def _words(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"it answers {status} {HTTPStatus(status).phrase}" if status in list(HTTPStatus) else f"{status}"
    return str(error) or type(error).__name__
