"""Daphne, tuned for many sockets that stay open for days: `python -m collab.live.server`, with Daphne's own options.

What is different, and the stall it takes away at 10,000 sockets: frames are written directly (`collab.live.direct`);
pings are spread instead of all going out in one tick (0.5 s); checks walk the connections in slices (20–90 ms); the
collector leaves alone what stands since the start (0.8 s); a crowd is let in a few at a time (`collab.live.admission`).
A SIGTERM drains instead of cutting everyone off, and no request may fill the memory (`collab.live.bodies`).
"""

import asyncio
import gc
import random
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uvloop

# Daphne takes a loop and installs a reactor on it when it is imported.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

import daphne.server  # noqa: E402
from daphne.cli import CommandLineInterface  # noqa: E402
from daphne.http_protocol import WebRequest  # noqa: E402
from daphne.server import Server  # noqa: E402
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol  # noqa: E402
from twisted.internet import defer  # noqa: E402

from collab.live import bodies, drain, gauges, metrics, serving, transport  # noqa: E402
from collab.live.admission import AT_ONCE, Admission, with_backlog  # noqa: E402
from collab.live.direct import EXTENSION, DirectOutlet, waiting  # noqa: E402
from collab.live.inbox import Inbox  # noqa: E402
from collab.live.limits import HEARTBEAT  # noqa: E402
from collab.live.websocket import TunedProtocol, call_later  # noqa: E402

logger = structlog.get_logger(__name__)

#: Connections looked at in one slice, and seconds from one slice to the next.
SLICE = 200
PAUSE = 0.05
#: Seconds from the end of one walk to the next. What is looked for takes 20 s and more.
REST = 5

#: Seconds that a client has to answer a close. With autobahn's one second a process that stood still as long, or a slow
#: network, hung up before the close and its code were even sent.
ANSWER_WITHIN = 5

#: Seconds without a word after which a client is pinged, and seconds for its pong. Pages say something every
#: `limits.HEARTBEAT`, and so are pinged only where they are gone, or in a tab whose timers the browser holds back.
#: Daphne's own 20 s would ping each of them as often as it pings us.
PING_AFTER = HEARTBEAT + 5
PONG_WITHIN = 20

#: Seconds that a handshake may take. Daphne's own 5 s are short where thousands come at once.
CONNECT_WITHIN = 20

#: Seconds from the start until what then stands counts as standing for good.
WARM = 10

#: Where Linux lists what this process has open.
OPEN_FILES = Path("/proc/self/fd")

#: Objects made before a young collection, of these before a middle one, and of those before all are looked at. Whatever
#: comes to stay is looked at twice in any case; so few at a time that it takes 5 and, by reckoning, 50 ms while a crowd
#: arrives, where (50,000, 20) took 20 and 500. Of what then stands next to nothing is garbage, and a look at all of it
#: would take a second.
COLLECT_AFTER = (10_000, 10, 10_000)


#: Seconds that a thread may keep the interpreter while another waits for it. A database thread asks for it after each
#: answer, so that a batch of messages would wait four times, at worst, for Python's own 5 ms: 1,500 messages a second
#: are held so, and 2,000 with this (`make bench SCENARIO=burst`).
SWITCH_AFTER = 0.0005


class TunedServer(Server):
    """Daphne's server, changed at its own doors."""

    connections: dict[Any, dict[str, Any]]
    endpoints: list[str]

    def run(self) -> None:
        """Serve until told to stop."""
        self.endpoints = [with_backlog(each) for each in self.endpoints]
        self.ports: list[Any] = []
        #: Connections of which one half has ended: they are to be reaped, or are so once the other half has ended too.
        self.ending: set[Any] = set()
        self.admission = Admission(self._accept_nobody, self._accept)
        WebSocketFactory.protocol = TunedProtocol
        daphne.server.HTTPFactory = bodies.BoundedFactory
        transport.install(AT_ONCE)
        gc.set_threshold(*COLLECT_AFTER)
        call_later(WARM, gc.freeze)
        gauges.register("server", self.gauges)
        call_later(0, gauges.log_on_signal)
        call_later(0, serving.begin)
        metrics.start()
        metrics.hold("connections", "Open connections, of pages and sockets.", lambda: len(self.connections))
        super().run()

    def gauges(self) -> dict[str, int]:
        """Connections, frames that wait to be read and bytes that wait to be sent, tasks, threads and open files."""
        sockets = [each for each in self.connections if isinstance(each, WebSocketProtocol)]
        unsent = [waiting(each.transport) for each in sockets if each.transport is not None]
        return {
            "connections": len(self.connections),
            **self.admission.gauges(),
            "unread": sum(each.application_queue.qsize() for each in sockets if hasattr(each, "application_queue")),
            "unsent": sum(unsent),
            "most_unsent": max(unsent, default=0),
            "tasks": len(asyncio.all_tasks()),
            "threads": threading.active_count(),
            "files": sum(1 for _ in OPEN_FILES.iterdir()) if OPEN_FILES.exists() else 0,
        }

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Begin what answers a request; a WebSocket's as soon as it is let in."""
        if isinstance(protocol, WebSocketProtocol):
            if drain.is_held():
                return protocol.turn_away()
            self._tune(protocol, scope)
            return self.admission.admit(protocol, partial(self._begin, protocol, scope))
        if drain.is_leaving():
            # A proxy is not to ask on this connection once more.
            protocol.channel.persistent = False
            protocol.responseHeaders.setRawHeaders(b"connection", [b"close"])
        inbox = super().create_application(protocol, scope)
        self._mind_end(protocol)
        return inbox

    def _begin(self, protocol: Any, scope: dict[str, Any]) -> Inbox:
        """Run a WebSocket's application, as Daphne does, with an inbox that costs little; it."""
        inbox = Inbox()
        scope.setdefault("asgi", {"version": "3.0"})
        application = self.application(scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        self._mind_end(protocol)
        return inbox

    def _mind_end(self, protocol: Any) -> None:
        """Have the end of a connection's application noted."""
        details = self.connections.get(protocol, {})
        if "application_instance" in details:
            details["application_instance"].add_done_callback(lambda _: self.ending.add(protocol))

    def protocol_disconnected(self, protocol: Any) -> None:
        """Note that a connection is gone."""
        super().protocol_disconnected(protocol)
        self.ending.add(protocol)

    def _tune(self, protocol: Any, scope: dict[str, Any]) -> None:
        """Offer a WebSocket's application the connection itself, and spread its pings."""
        scope.setdefault("extensions", {})[EXTENSION] = partial(DirectOutlet, protocol)
        # An oversized frame is told (1009) instead of cut off.
        protocol.failByDrop = False
        protocol.closeHandshakeTimeout = ANSWER_WITHIN
        call_later(0, _forget_request, protocol.transport)
        protocol.last_ping -= random.uniform(0, self.ping_interval)  # noqa: S311 — no secret.

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send what the application says; Daphne would pass over an empty frame, which RFC 6455 allows."""
        await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send" and protocol in self.connections:
            for kind in ("text", "bytes"):
                if message.get(kind) in {"", b""}:
                    protocol.serverSend(message[kind], kind == "bytes")

    def timeout_checker(self) -> None:
        """Look after pings and time-outs, a slice at a time."""
        self._walk(iter(list(self.connections)), lambda protocol: protocol.check_timeouts(), self.timeout_checker)

    def _walk(self, protocols: Iterator[Any], visit: Callable[[Any], None], again: Callable[[], None]) -> None:
        for _ in range(SLICE):
            protocol = next(protocols, None)
            if protocol is None:
                call_later(REST, again)
                return
            if protocol in self.connections:
                visit(protocol)
        call_later(PAUSE, self._walk, protocols, visit, again)

    def application_checker(self) -> None:
        """Reap what has ended. Few have at any moment, so only those are given to Daphne to look at."""
        everyone = self.connections
        ended = {protocol: everyone[protocol] for protocol in self.ending if protocol in everyone}
        self.connections = dict(ended)
        try:
            super().application_checker()
        except Exception:
            # Daphne would look no more, and from then on keep every connection for good.
            logger.exception("connection_cut_off")
            self._cut_off()
            call_later(1, self.application_checker)
        finally:
            for reaped in ended.keys() - self.connections.keys():
                del everyone[reaped]
            # Of these one half is still there: its application has not ended, or its other side has not hung up.
            self.ending = set(self.connections)
            self.connections = everyone

    def _cut_off(self) -> None:
        """Hang up on the first whose application was not taken from it: those before it were looked at."""
        for protocol, details in self.connections.items():
            application = details.get("application_instance")
            if application is not None and application.done():
                del details["application_instance"]
                protocol.transport.abortConnection()
                return

    def listen_success(self, port: Any) -> Any:
        """Note the port, and hand it on: of what Daphne hands on, nothing, no listening can be stopped."""
        super().listen_success(port)
        self.ports.append(port)
        serving.addresses.append(str(getattr(port.getHost(), "port", "")))
        return port

    def _accept_nobody(self) -> None:
        for port in self.ports:
            port.stopReading()

    def _accept(self) -> None:
        for port in self.ports:
            if port.connected:
                port.startReading()

    def kill_all_applications(self) -> Any:
        """Drain first; called when the reactor is told to stop, which waits for what this returns."""
        drain.be_gone_in_time()
        for listener in self.listeners:
            listener.addCallback(lambda port: port.stopListening())
        leaving = defer.Deferred.fromFuture(asyncio.ensure_future(self._leave()))
        leaving.addBoth(lambda _: self._kill())
        return leaving

    async def _leave(self) -> None:
        await drain.leave()
        await drain.answered(self._pages)

    def _pages(self) -> list[asyncio.Future[None]]:
        """The applications that are making a page for somebody who is still there."""
        return [
            details["application_instance"]
            for protocol, details in self.connections.items()
            if isinstance(protocol, WebRequest) and not _has_ended(details)
        ]

    def _kill(self) -> Any:
        self.connections = {
            protocol: details for protocol, details in self.connections.items() if "application_instance" in details
        }
        return super().kill_all_applications()


def _forget_request(transport: Any) -> None:
    """Free the request that became a socket: it and its channel hold each other, and the connection the channel."""
    requests = getattr(transport.producer, "requests", None)
    if requests is not None:
        requests.clear()


def _has_ended(details: dict[str, Any]) -> bool:
    """The connection is gone, or its application is done."""
    application = details.get("application_instance")
    return "disconnected" in details or application is None or application.done()


def raise_file_limit() -> None:
    """Have as many files open as the system lets this process: a socket is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class TunedCommandLine(CommandLineInterface):
    """Daphne's command line with the tuned server behind it, and other values where none are given."""

    server_class = TunedServer

    def __init__(self) -> None:
        super().__init__()
        self.parser.set_defaults(
            ping_interval=PING_AFTER, ping_timeout=PONG_WITHIN, websocket_connect_timeout=CONNECT_WITHIN
        )


if __name__ == "__main__":
    raise_file_limit()
    sys.setswitchinterval(SWITCH_AFTER)
    gauges.ignore_signal()
    TunedCommandLine().run(sys.argv[1:])
