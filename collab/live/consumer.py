"""The mechanics of one socket: handshake, frames in, replies out, its end. It knows no command and no model."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar

import msgspec
from channels.consumer import AsyncConsumer
from django.conf import settings
from structlog.contextvars import get_contextvars

from collab.live import metrics, spans
from collab.live.direct import EXTENSION
from collab.live.errors import Close, CodedError, ServerFault, TooFast
from collab.live.frames import Frame
from collab.live.handshake import header
from collab.live.limits import HEARTBEAT, HELLO_WITHIN, Verdict
from collab.live.outlets import AsgiOutlet, SocketOutlet
from collab.live.reading import id_of, read
from collab.live.replies import Error, Ok
from collab.live.socket_log import SocketLog

Handler = Callable[[Any, Any], "Awaitable[int | None] | int | None"]
H = TypeVar("H", bound=Handler)

_encode = msgspec.json.Encoder().encode


def handles(*kinds: type[msgspec.Struct]) -> Callable[[H], H]:
    """Register a method as what carries out commands of these kinds.

    It returns, or its future brings, the seq of the event that was made; a CodedError it raises is the reply. One that
    waits for nothing is no coroutine: most of what comes are pings, and a task would cost more than they do. It alone
    may be of a command that is not answered.
    """

    def register(method: H) -> H:
        method.handles = kinds  # type: ignore[attr-defined]
        return method

    return register


class LiveConsumer(AsyncConsumer):
    """One socket. Subclasses say who it is, what they understand, and carry it out.

    Channels' own `__call__` gives every socket a channel of the layer and checks database connections, through a
    thread, at each message; here the hub has the only channel, and database work goes through `in_database`.
    """

    subprotocol: ClassVar[str]
    #: Reads a command; a union of the structs that have a handler.
    decoder: ClassVar[msgspec.json.Decoder[Any]]
    handlers: ClassVar[dict[type, Handler]]
    #: Where frames for this socket go, once it is open.
    outlet: SocketOutlet
    is_open = False
    #: It said hello; until then nothing it sends keeps it open.
    is_greeted = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        methods = [method for method in vars(cls).values() if hasattr(method, "handles")]
        cls.handlers = {kind: method for method in methods for kind in method.handles}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Live from handshake to disconnect."""
        self.scope, self.base_send = scope, send
        # Kept: to ask for the running loop is a call into the kernel, at each frame.
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        #: When something must have come, on the loop's clock.
        self._due = 0.0
        self._log = SocketLog(scope)
        message: dict[str, Any] = {}
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.connect":
                    await self._connect()
                elif self.is_open and not self.outlet.is_closed:
                    await self._receive(message)
        finally:
            await self._end(message.get("code"))

    # --- for subclasses ----------------------------------------------------------------------------

    @abstractmethod
    async def identify(self) -> int | None:
        """Whose socket it is, by id; None: nobody's who is signed in."""

    @abstractmethod
    async def open(self) -> Close | None:
        """The socket is open; why it must not stay so, if it must not. Then `gone` is not called."""

    @abstractmethod
    async def gone(self) -> None:
        """The socket is closed, from whichever end."""

    @abstractmethod
    def on_control(self, kind: str, argument: str) -> None:
        """A control word came on one of the socket's topics."""

    @abstractmethod
    def judge(self, size: int) -> Verdict:
        """Whether the person has not sent too much, this command of so many characters included."""

    # --- handshake ---------------------------------------------------------------------------------

    async def _connect(self) -> None:
        if header(self.scope, b"origin") not in settings.ALLOWED_ORIGINS:
            await self._accept_and_close(None, Close.WRONG_ORIGIN)
        elif self.subprotocol not in self.scope["subprotocols"]:
            await self._accept_and_close(None, Close.WRONG_SUBPROTOCOL)
        elif (owner := await self._identified()) is None:
            await self._accept_and_close(self.subprotocol, Close.NOT_SIGNED_IN)
        else:
            await self.base_send({"type": "websocket.accept", "subprotocol": self.subprotocol})
            self.outlet = self._outlet(owner)
            self._log.opened(owner)
            # Half a KiB, which nobody asks for again.
            self.scope.clear()
            await self._open()

    async def _open(self) -> None:
        refusal = await self.open()
        if refusal is not None:
            self.outlet.close(refusal)
            return
        self.is_open = True
        self.expect_within(HELLO_WITHIN)

    def _outlet(self, owner: int) -> SocketOutlet:
        """The server's own outlet, where it offers one; else one that works everywhere."""
        direct = self.scope.get("extensions", {}).get(EXTENSION)
        made: SocketOutlet = (
            direct(owner, self.on_control) if direct else AsgiOutlet(owner, self.base_send, self.on_control)
        )
        return made

    async def _identified(self) -> int | None:
        try:
            return await self.identify()
        except CodedError:
            # The database is away: come back, in a while of the client's choosing.
            await self._accept_and_close(self.subprotocol, Close.GOING_AWAY)
            raise

    async def _accept_and_close(self, subprotocol: str | None, code: Close) -> None:
        """Browsers show a page nothing of a refused handshake, so it is accepted and closed with its reason."""
        self._log.turned_away(code)
        await self.base_send({"type": "websocket.accept", "subprotocol": subprotocol})
        await self.base_send({"type": "websocket.close", "code": int(code)})

    # --- commands ----------------------------------------------------------------------------------

    async def _receive(self, message: dict[str, Any]) -> None:
        if self.is_greeted:
            self.go_on()
        text: str | None = message.get("text")
        command_id: int | None = None
        try:
            self._allow(len(text or ""))
            command = read(self.decoder, text)
            command_id = command.id
            handle = self.handlers[type(command)]
            outcome = handle(self, command) if spans.tracer is None else self._traced(handle, command)
        except CodedError as refusal:
            self.refuse(command_id if command_id is not None else id_of(text), refusal)
            return
        if isinstance(outcome, asyncio.Future):
            # It waits for its commit; the socket goes on, and what it sends next is stored after it.
            outcome.add_done_callback(lambda done: self._reply(command_id, done))
        elif outcome is None or isinstance(outcome, int):
            if command.is_answered:
                self._acknowledge(command_id, outcome)
        else:
            await self._settle(command_id, asyncio.ensure_future(outcome))

    def _traced(self, handle: Handler, command: Any) -> "Awaitable[int | None] | int | None":
        outcome: Awaitable[int | None] | int | None = spans.traced(
            "command", lambda: handle(self, command), command=type(command).__name__, **get_contextvars()
        )
        return outcome

    async def _settle(self, command_id: int | None, outcome: "asyncio.Future[int | None]") -> None:
        try:
            await asyncio.wait([outcome])
        finally:
            # The socket may be gone: then nobody must go on in its name.
            outcome.cancel()
        self._reply(command_id, outcome)

    def _allow(self, size: int) -> None:
        verdict = self.judge(size)
        if verdict is Verdict.CLOSE:
            self.outlet.close(Close.TOO_FAST)
        if verdict is not Verdict.GO_ON:
            metrics.LIMITED.labels("command").inc()
            raise TooFast

    def _reply(self, command_id: int | None, done: "asyncio.Future[int | None]") -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._acknowledge(command_id, done.result())
        elif isinstance(error, CodedError):
            self.refuse(command_id, error)
        else:
            self._log.failed(error)
            self.refuse(command_id, ServerFault())

    def _acknowledge(self, command_id: int | None, seq: int | None) -> None:
        if command_id is not None:
            self.outlet.send(Frame(_encode(Ok(id=command_id, seq=seq))))

    def refuse(self, command_id: int | None, refusal: CodedError) -> None:
        """Answer with a coded error."""
        metrics.REFUSED.labels(refusal.code).inc()
        self._log.refused(command_id, refusal)
        said = Error(id=command_id, code=refusal.code, message=str(refusal), retry_after=refusal.retry_after)
        self.outlet.send(Frame(_encode(said)))

    # --- the end -----------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Keep the socket open for three heartbeats from now: it said hello."""
        self.is_greeted = True
        self.expect_within(3 * HEARTBEAT)

    def expect_within(self, seconds: float) -> None:
        """Close the socket unless something comes by then. Never sooner than was said before.

        Each frame says so again: it only moves the time, and the timer looks at it when it fires.
        """
        self._due = self._loop.time() + seconds
        if self._timer is None:
            self._look_at(self._due)

    def _look_at(self, when: float) -> None:
        self._timer = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        if self._loop.time() < self._due:
            self._look_at(self._due)
        else:
            self.outlet.close(Close.HELLO_TIMEOUT)

    async def _end(self, code: int | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if hasattr(self, "outlet"):
            self._log.closed(self.outlet.closed_with, code, is_greeted=self.is_greeted)
            self.outlet.stop()
        if self.is_open:
            self.is_open = False
            await self.gone()
