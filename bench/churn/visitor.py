"""One visit: a socket from its handshake to its end, whichever end that is."""

import asyncio
import contextlib
import secrets
import socket
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from picows import WSError, WSMsgType, WSTransport, ws_connect

from bench import tcp
from bench.churn.plan import Kind, Refusal, Visit
from bench.faults import frames
from bench.faults.frames import Frame
from bench.faults.halfopen import AT_ONCE
from bench.faults.wire import LOST, Wire
from bench.plan import Seat

#: Seconds for a handshake, a welcome, an end; and for the node to give up a connection that says nothing (30 s without
#: a pong, after a ping every 20 s), measured generously: the machine may be busy.
PATIENCE = 60.0
GIVES_UP = 120.0
LOOK_AGAIN = 0.5

OFFERED = "collab.v1"


class Otherwise(Exception):
    """A visit did not go as it was meant to. Its text is a few words that say what happened."""


class Place(NamedTuple):
    """Where visitors come in: the node's address, and that of the site it belongs to."""

    url: str
    origin: str


class Line(Wire):
    """The connection of one visit."""

    def end(self) -> None:
        """Tell of the end, with the code that came if one did."""
        self._socket.closed(self, self._code)


class Visitor:
    """A person at the door.

    Args:
        heads: where the rooms of this seat stood when last heard of; kept up.
    """

    def __init__(self, place: Place, seat: Seat, heads: dict[int, int]) -> None:
        self._place, self._seat, self._heads = place, seat, heads
        loop = asyncio.get_running_loop()
        self._welcomed: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[int] = loop.create_future()
        self._line = Line(self)

    # --- what comes ----------------------------------------------------------------------------------

    def hear(self, _: Wire, frame: Frame) -> None:
        """A frame came."""
        if frame.type == "welcome":
            self._heads |= {state.room: state.head for state in frame.rooms}
        elif frame.type == "caught_up" and not self._welcomed.done():
            self._welcomed.set_result(None)

    def closed(self, _: Wire, code: int) -> None:
        """It ended."""
        if not self._ended.done():
            self._ended.set_result(code)

    # --- what the visitor does -----------------------------------------------------------------------

    async def enter(self, visit: Visit) -> None:
        """Come in as far as this visit goes: be refused, or say hello, and be caught up unless it breaks off.

        Raises:
            Otherwise: something else happened.
        """
        if visit.kind is Kind.REFUSED:
            await self._connect(visit.refusal)
            await self._be_closed(visit.refusal.code)
            return
        await self._connect(None)
        positions = {str(room): max(0, head - visit.missed) for room, head in self._heads.items()}
        self._command("hello", positions=positions)
        if not visit.early:
            await self._be_welcomed()

    async def stay_and_go(self, visit: Visit) -> None:
        """Stay for a while, say something perhaps, and go.

        Raises:
            Otherwise: the server ended it first, or never.
        """
        if visit.kind is Kind.REFUSED:
            return
        if visit.talks and not visit.early:
            self._command("post", room=self._seat.room, client_id=str(uuid.uuid4()), text="I only **pass** by.")
        with contextlib.suppress(TimeoutError):
            code = await asyncio.wait_for(asyncio.shield(self._ended), visit.stays)
            raise Otherwise(f"{visit.kind.value}: closed with {code}")
        await {Kind.CLEAN: self._close, Kind.ABRUPT: self._reset, Kind.HALF_OPEN: self._fall_silent}[visit.kind]()

    async def _close(self) -> None:
        self._line.close()
        await self._be_closed(None)

    async def _reset(self) -> None:
        end = self._transport.underlying_transport.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self._transport.underlying_transport.abort()
        await self._be_closed(LOST)

    async def _fall_silent(self) -> None:
        """Read nothing, answer nothing, until the kernel was told that the other end is gone."""
        self._transport.underlying_transport.pause_reading()
        try:
            async with asyncio.timeout(GIVES_UP):
                while tcp.stands(self._transport.underlying_transport):  # noqa: ASYNC110
                    # Nothing tells a socket that is not read.
                    await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError:
            raise Otherwise(f"half-open: still there after {GIVES_UP:.0f} s") from None
        finally:
            self._transport.underlying_transport.abort()

    # --- inside --------------------------------------------------------------------------------------

    @property
    def _transport(self) -> WSTransport:
        if self._line.transport is None:
            raise Otherwise("not connected")
        return self._line.transport

    async def _connect(self, refusal: Refusal | None) -> None:
        address = self._place.url.replace("http", "ws", 1) + "/ws/"
        headers = handshake(self._place.origin, self._seat.session, refusal)
        try:
            self._line.transport, _ = await ws_connect(
                lambda: self._line,
                address,
                extra_headers=headers,
                websocket_handshake_timeout=PATIENCE,
                # Its transports, once reset, do not always tell that they are.
                use_aiofastnet=False,
            )
        except (OSError, TimeoutError, WSError) as error:
            raise Otherwise(f"no handshake: {type(error).__name__} {error}") from error
        if self._transport.underlying_transport.is_closing():
            # It ended with the handshake: of that picows does not always tell.
            self._line.end()

    async def _be_welcomed(self) -> None:
        awaited: list[asyncio.Future[Any]] = [self._welcomed, self._ended]
        await asyncio.wait(awaited, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.done():
            raise Otherwise(f"closed with {self._ended.result()} instead of a welcome")
        if not self._welcomed.done():
            self._transport.disconnect()
            raise Otherwise("no welcome")

    async def _be_closed(self, code: int | None) -> None:
        """Wait for the end, with a code where one is meant."""
        try:
            ended = await asyncio.wait_for(asyncio.shield(self._ended), PATIENCE)
        except TimeoutError:
            self._transport.disconnect()
            raise Otherwise(f"no end within {PATIENCE:.0f} s") from None
        if code is not None and ended != code:
            raise Otherwise(f"closed with {ended} instead of {code}")

    def _command(self, kind: str, **fields: Any) -> None:
        self._transport.send(WSMsgType.TEXT, frames.command(kind, 1, **fields))


def handshake(origin: str, session: str, refusal: Refusal | None) -> Mapping[str, str]:
    """The headers of a handshake, and what is wrong with them."""
    headers = {"Origin": origin, "Cookie": f"sessionid={session}", "Sec-WebSocket-Protocol": OFFERED}
    if refusal is Refusal.NO_SESSION:
        del headers["Cookie"]
    elif refusal is Refusal.BAD_COOKIE:
        headers["Cookie"] = f"sessionid={secrets.token_hex(16)}"
    elif refusal is Refusal.FOREIGN_ORIGIN:
        headers["Origin"] = "https://elsewhere.example"
    elif refusal is Refusal.WRONG_SUBPROTOCOL:
        headers["Sec-WebSocket-Protocol"] = "collab.v0"
    return headers
