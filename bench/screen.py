"""One person's socket, held as docs/protocol.md asks: hello, a ping every heartbeat, and what came when."""

import asyncio
import itertools
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench import tcp
from bench.checker import Heard
from bench.confirming import Confirming
from bench.errors import CannotMeasure
from bench.faults import frames
from bench.faults.frames import Frame
from bench.plan import Saying

#: Seconds until a socket must be open and caught up.
PATIENCE = 60.0


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
        #: Seconds after which the server would have them come back; 0: it did not say.
        self.asked = 0.0
        loop = asyncio.get_running_loop()
        self.welcomed: asyncio.Future[None] = loop.create_future()
        self.caught_up: asyncio.Future[None] = loop.create_future()
        #: By room, how far this screen has got.
        self._positions: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._unanswered: dict[int, str] = {}
        self._heartbeat = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._confirming = Confirming(self._confirm, self._ask)
        self._transport: WSTransport | None = None

    # --- what the socket does ----------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done; nobody may be waiting for it any more."""
        self._transport = transport
        if self.ended:
            self.leave()

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        """Note the moment first, then what it is. A page looks no more at what still comes once it has given up."""
        at = time.monotonic_ns()
        if self.ended:
            return
        self._confirming.heard()
        if frame.msg_type == WSMsgType.TEXT:
            self._take(frames.read(frame.get_payload_as_memoryview()), at)
        elif frame.msg_type == WSMsgType.CLOSE:
            # A code that picows does not know comes as a plain number.
            code: Any = frame.get_close_code()
            self.ended = f"was closed with {getattr(code, 'value', code)}"

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The socket is gone, whoever ended it."""
        self.ended = self.ended or "lost its connection"
        self._say_no_more()
        for awaited in (self.welcomed, self.caught_up):
            if not awaited.done():
                awaited.set_exception(CannotMeasure(f"a socket {self.ended} before it had caught up."))
                # Nobody may be waiting for it any more.
                awaited.exception()

    def _take(self, said: Frame, at: int) -> None:
        if said.type == "ok":
            self._answered(said, at)
        elif said.type == "error":
            self._refused(said)
        elif said.room and said.seq:
            self._show(said.room, said.seq, said.client_id, at)
            self._positions[str(said.room)] = said.seq
            self._confirming.soon(str(said.room))
        elif said.type == "welcome" and not self.welcomed.done():
            self._heartbeat = said.heartbeat
            self.heads = {each.room: each.head for each in said.rooms}
            self.welcomed.set_result(None)
        elif said.type == "reload":
            self.reloads.add(said.room)
        elif said.type == "goodbye":
            self.asked = said.delay
        elif said.type == "caught_up" and not self.caught_up.done():
            self.caught_up.set_result(None)

    def _show(self, room: int, seq: int, client_id: str, at: int) -> None:
        self.heard.append(Heard(room, seq, client_id, at))

    def _refused(self, said: Frame) -> None:
        client_id = self._unanswered.pop(said.id or 0, "")
        if client_id:
            self.refused[client_id] = said.code
        elif not self.caught_up.done():
            # There are too many who say hello at once.
            self.asked = said.retry_after or 0.0
            self.leave()

    def _answered(self, said: Frame, at: int) -> None:
        client_id = self._unanswered.pop(said.id or 0, "")
        if client_id and said.seq:
            self.acknowledged[client_id] = said.seq, at

    # --- what the person does ----------------------------------------------------------------------

    async def arrive(self, positions: Mapping[int, int], phase: float) -> None:
        """Say hello and be caught up. `phase`, 0 to 1: where in the heartbeat this socket pings.

        Raises:
            CannotMeasure: the server closed the socket, or took too long.
        """
        await self.greet(positions)
        await self.catch_up(phase)

    async def greet(self, positions: Mapping[int, int]) -> None:
        """Say hello and be welcomed. Raises CannotMeasure: the server closed the socket."""
        self._command("hello", positions={str(room): seq for room, seq in positions.items()})
        await self.welcomed

    async def catch_up(self, phase: float) -> None:
        """Be sent what was missed. Raises CannotMeasure: the server closed the socket, or took too long."""
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

    def leave(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.disconnect()

    def cut(self) -> None:
        """Have the connection torn: the other side is told by a reset, and nothing that was on its way arrives."""
        if self._transport is not None:
            tcp.reset(self._transport.underlying_transport)

    def _ping_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ping)

    def _say_no_more(self) -> None:
        self._confirming.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _confirm(self, rooms: Collection[str]) -> None:
        self._command("confirm", positions={room: self._positions[room] for room in rooms})

    def _ask(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._ping()

    def _ping(self) -> None:
        self._command("ping", positions=self._positions)
        self._ping_in(self._heartbeat)

    def _command(self, kind: str, **fields: Any) -> int:
        assert self._transport is not None
        number = next(self._ids)
        self._transport.send(WSMsgType.TEXT, frames.command(kind, number, **fields))
        return number


async def connect(
    url: str, session: str, *, origin: str = "", buffer: int = 0, kind: Callable[[], Screen] = Screen
) -> Screen:
    """Open a socket of the person whose session it is.

    Args:
        url: where they come in.
        session: their cookie's.
        origin: of the site, where people come in by another address than its own.
        buffer: bytes that the kernel takes in for somebody who does not read; 0: as many as it likes.
        kind: what makes the screen.

    Raises:
        CannotMeasure: the handshake failed.
    """
    headers = {"Origin": origin or url, "Cookie": f"sessionid={session}", "Sec-WebSocket-Protocol": "collab.v1"}
    address = url.replace("http", "ws", 1) + "/ws/"
    try:
        _, screen = await ws_connect(
            kind,
            address,
            extra_headers=headers,
            websocket_handshake_timeout=PATIENCE,
            socket_factory=(lambda _: tcp.narrow(buffer)) if buffer else None,
        )
    except (OSError, TimeoutError, WSError) as error:
        raise CannotMeasure(f"no socket could be opened at {address}: {error}") from error
    assert isinstance(screen, Screen)
    return screen
