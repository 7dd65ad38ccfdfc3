"""One person's socket, held as docs/protocol.md asks: hello, a ping every heartbeat, and what came when."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench import tcp
from bench.checker import Heard
from bench.errors import CannotMeasure
from bench.plan import Saying

#: Seconds until a socket must be open and caught up.
PATIENCE = 60.0


class Head(msgspec.Struct):
    """Where a room stands, of a welcome."""

    room: int
    head: int


class Said(msgspec.Struct):
    """What is of interest of any frame of the server's."""

    type: str
    id: int | None = None
    seq: int | None = None
    room: int = 0
    client_id: str = ""
    code: str = ""
    heartbeat: int = 0
    rooms: list[Head] = []


_read = msgspec.json.Decoder(Said).decode
_encode = msgspec.json.Encoder().encode


class Screen(WSListener):  # type: ignore[misc, unused-ignore]  # a class of C, with or without types.
    """A socket and everything that came over it."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.heads: dict[int, int] = {}
        #: By client id, the seq it was given and when the answer came; or the code of the refusal.
        self.acknowledged: dict[str, tuple[int, int]] = {}
        self.refused: dict[str, str] = {}
        #: Rooms of which more was missed than is sent again.
        self.reloads: set[int] = set()
        self.ended = ""
        self.caught_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        #: By room, how far this screen has got.
        self._positions: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._unanswered: dict[int, str] = {}
        self._heartbeat = 0
        self._timer: asyncio.TimerHandle | None = None
        self._transport: WSTransport | None = None

    # --- what the socket does ----------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self._transport = transport

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        """Note the moment first, then what it is."""
        at = time.monotonic_ns()
        if frame.msg_type == WSMsgType.TEXT:
            self._take(_read(frame.get_payload_as_memoryview()), at)
        elif frame.msg_type == WSMsgType.CLOSE:
            # A code that picows does not know comes as a plain number.
            code: Any = frame.get_close_code()
            self.ended = f"was closed with {getattr(code, 'value', code)}"

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The socket is gone, whoever ended it."""
        self.ended = self.ended or "lost its connection"
        self._stop_pinging()
        if not self.caught_up.done():
            self.caught_up.set_exception(CannotMeasure(f"a socket {self.ended} before it had caught up."))

    def _take(self, said: Said, at: int) -> None:
        if said.type == "ok":
            self._answered(said, at)
        elif said.type == "error":
            self.refused[self._unanswered.pop(said.id or 0, "")] = said.code
        elif said.room and said.seq:
            self.heard.append(Heard(said.room, said.seq, said.client_id, at))
            self._positions[str(said.room)] = said.seq
        elif said.type == "welcome":
            self._heartbeat = said.heartbeat
            self.heads = {each.room: each.head for each in said.rooms}
        elif said.type == "reload":
            self.reloads.add(said.room)
        elif said.type == "caught_up" and not self.caught_up.done():
            self.caught_up.set_result(None)

    def _answered(self, said: Said, at: int) -> None:
        client_id = self._unanswered.pop(said.id or 0, "")
        if client_id and said.seq:
            self.acknowledged[client_id] = said.seq, at

    # --- what the person does ----------------------------------------------------------------------

    async def arrive(self, positions: Mapping[int, int], phase: float) -> None:
        """Say hello and be caught up. `phase`, 0 to 1: where in the heartbeat this socket pings.

        Raises:
            CannotMeasure: the server closed the socket, or took too long.
        """
        self._command("hello", positions={str(room): seq for room, seq in positions.items()})
        try:
            await asyncio.wait_for(self.caught_up, PATIENCE)
        except TimeoutError:
            raise CannotMeasure(f"a socket was not caught up within {PATIENCE:.0f} s.") from None
        self._ping_in(phase * self._heartbeat)

    def post(self, saying: Saying) -> None:
        """Say something."""
        if self.ended:
            return
        number = self._command("post", room=saying.room, client_id=saying.client_id, text=saying.text)
        self._unanswered[number] = saying.client_id

    def stop_reading(self) -> None:
        """Read nothing more, as a program that hangs."""
        self._stop_pinging()
        assert self._transport is not None
        self._transport.underlying_transport.pause_reading()

    @property
    def is_put_out(self) -> bool:
        """The server hung up, also on somebody who does not read that."""
        return self._transport is None or not tcp.stands(self._transport.underlying_transport)

    def leave(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.disconnect()

    def _ping_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ping)

    def _stop_pinging(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _ping(self) -> None:
        self._command("ping", positions=self._positions)
        self._ping_in(self._heartbeat)

    def _command(self, kind: str, **fields: Any) -> int:
        assert self._transport is not None
        number = next(self._ids)
        self._transport.send(WSMsgType.TEXT, _encode({"type": kind, "id": number, **fields}))
        return number


async def connect(url: str, session: str, *, origin: str = "", buffer: int = 0) -> Screen:
    """Open a socket of the person whose session it is.

    Args:
        url: where they come in.
        session: their cookie's.
        origin: of the site, where people come in by another address than its own.
        buffer: bytes that the kernel takes in for somebody who does not read; 0: as many as it likes.

    Raises:
        CannotMeasure: the handshake failed.
    """
    headers = {"Origin": origin or url, "Cookie": f"sessionid={session}", "Sec-WebSocket-Protocol": "collab.v1"}
    address = url.replace("http", "ws", 1) + "/ws/"
    try:
        _, screen = await ws_connect(
            Screen,
            address,
            extra_headers=headers,
            websocket_handshake_timeout=PATIENCE,
            socket_factory=(lambda _: tcp.narrow(buffer)) if buffer else None,
        )
    except (OSError, TimeoutError) as error:
        raise CannotMeasure(f"no socket could be opened at {address}: {error}") from error
    assert isinstance(screen, Screen)
    return screen
