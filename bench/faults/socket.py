"""A socket that heals as static/js/live/socket.js does: connecting, greeting, catching up, live, lost, stopped."""

import asyncio
import random
from collections.abc import Callable, Collection
from typing import Any

from picows import WSError, WSMsgType, WSTransport, ws_connect

from bench import tcp
from bench.confirming import Confirming
from bench.faults import frames
from bench.faults.frames import Frame
from bench.faults.heartbeat import Heartbeat
from bench.faults.owner import Owner, State
from bench.faults.wire import LOST, Wire

#: Seconds, as in backoff.js and socket.js.
BASE, CAP = 0.5, 10.0
OPENED_WITHIN = 10.0
GREETED_WITHIN = 30.0
OWN_ID = 0


class LiveSocket:
    """Says hello, keeps the heartbeat, comes back after a loss, and hands every frame on.

    Args:
        url: `http://host:port` that people come in by.
        origin: of the site; the same unless somebody stands in between.
        session: the cookie's.
        lot: decides how long to wait.
    """

    wire: type[Wire] = Wire

    def __init__(self, url: str, origin: str, session: str, owner: Owner, lot: random.Random) -> None:
        self.url, self.origin, self.session = url, origin, session
        self.state = State.IDLE
        self.closes: list[int] = []
        #: Bytes that the kernel takes in for them while they do not read; 0: as many as it likes.
        self.buffer = 0
        #: Why the last handshake failed, if one did.
        self.refusal = ""
        self._owner = owner
        self._lot = lot
        self._heartbeat = Heartbeat(self._ping, self.lose)
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._attempt = 0
        self._asked = 0.0
        self._since = ""
        self._confirming = Confirming(self._confirm, self._heartbeat.ask, lot.random)

    @property
    def transport(self) -> WSTransport | None:
        """The connection under it."""
        return self._wire.transport if self._wire else None

    @property
    def local(self) -> str:
        """Its own end of the connection, to be found in what the system lists."""
        transport = self.transport
        return str(transport.underlying_transport.get_extra_info("sockname")) if transport else "no connection"

    def start(self) -> None:
        """Connect."""
        self._connect()

    def close(self) -> None:
        """No more coming back."""
        self._drop()
        self._become(State.IDLE)

    def path(self) -> str:
        """Of the socket's address."""
        return "/ws/"

    def headers(self) -> dict[str, str]:
        """Of the handshake."""
        return {
            "Origin": self.origin,
            "Cookie": f"sessionid={self.session}",
            "Sec-WebSocket-Protocol": "collab.v1",
        }

    def send(self, kind: str, number: int, **fields: Any) -> bool:
        """Send a command; whether it went out: only a greeted socket takes any."""
        if self.state not in {State.LIVE, State.CATCHING_UP}:
            return False
        self._transmit(kind, number, **fields)
        return True

    def confirm_soon(self, room: int) -> None:
        """Something came: tell the server soon how far this page has got there."""
        self._confirming.soon(str(room))

    def lose(self) -> None:
        """The connection is dead, whatever the network says."""
        self._drop()
        wait = self._asked or self._lot.random() * min(CAP, BASE * 2 ** min(self._attempt, 10))
        self._attempt += 1
        self._after(wait, self._connect)
        self._become(State.LOST)

    # --- what the wire says ------------------------------------------------------------------------

    def hear(self, wire: Wire, frame: Frame) -> None:
        """A frame came."""
        if wire is not self._wire:
            return
        self._heartbeat.heard()
        self._confirming.heard()
        if frame.type == "welcome":
            self._welcomed(frame)
        elif frame.type == "goodbye":
            self._asked = frame.delay
        elif frame.type == "error" and frame.id == OWN_ID and self.state is State.GREETING:
            self._asked = frame.retry_after or 0.0
            self.lose()
            return
        self._owner.on_frame(frame)
        if frame.type == "caught_up":
            self._attempt = 0
            self._become(State.LIVE)

    def closed(self, wire: Wire, code: int) -> None:
        """It ended: 42xx say stay away, all others come back."""
        if wire is not self._wire:
            return
        self.closes.append(code)
        self._owner.on_close(code)
        if 4200 <= code <= 4299:
            self._drop()
            self._become(State.STOPPED)
        else:
            self.lose()

    # --- inside ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._asked = 0.0
        self._become(State.CONNECTING)
        wire = self._wire = self.wire(self)
        self._connecting = asyncio.create_task(self._open(wire))
        self._after(OPENED_WITHIN, self.lose)

    async def _open(self, wire: Wire) -> None:
        address = self.url.replace("http", "ws", 1) + self.path()
        headers = self.headers()
        try:
            await ws_connect(
                lambda: wire,
                address,
                extra_headers=headers,
                websocket_handshake_timeout=OPENED_WITHIN,
                socket_factory=(lambda _: tcp.narrow(self.buffer)) if self.buffer else None,
            )
        except (OSError, TimeoutError, WSError) as error:
            self.refusal = f"{type(error).__name__}: {error}"
            self.closed(wire, LOST)
            return
        if wire is self._wire:
            self._greet()
        elif wire.transport is not None:
            wire.transport.disconnect()

    def _greet(self) -> None:
        self._after(GREETED_WITHIN, self.lose)
        self._become(State.GREETING)
        since = {"since": self._since} if self._since else {}
        self._transmit("hello", OWN_ID, positions=self._owner.positions(), **since)

    def _welcomed(self, frame: Frame) -> None:
        self._stop_timer()
        self._since = frame.at
        self._heartbeat.start(frame.heartbeat)
        self._become(State.CATCHING_UP)

    def _ping(self) -> None:
        self._transmit("ping", OWN_ID, positions=self._owner.positions())

    def _confirm(self, rooms: Collection[str]) -> None:
        shown = {room: seq for room, seq in self._owner.positions().items() if room in rooms}
        self.send("confirm", OWN_ID, positions=shown)

    def _transmit(self, kind: str, number: int, **fields: Any) -> None:
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, frames.command(kind, number, **fields))

    def _drop(self) -> None:
        self._stop_timer()
        self._heartbeat.stop()
        self._confirming.stop()
        if self._connecting is not None and self._connecting is not asyncio.current_task():
            self._connecting.cancel()
        wire, self._wire = self._wire, None
        if wire is not None and wire.transport is not None:
            wire.transport.disconnect()

    def _become(self, state: State) -> None:
        self.state = state
        self._owner.on_state(state)

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, call)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
