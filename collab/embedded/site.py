"""The site as one command: its servers, its preparation, its programs, in the order of their start."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import programs, stale
from .child import Child
from .environment import PROJECT, Address
from .server import Server, tethered
from .supervisor import Stopped, Supervisor
from .terminal import Terminal

# What PostgreSQL and Valkey say when something is wrong; the rest is for when they die.
TROUBLE = re.compile(r"\b(FATAL|PANIC)\b|No space left|MISCONF|[Ee]rror|[Cc]an't")

PATIENCE = 60.0


class Site:
    """Runs until it is asked to stop.

    `prepare` is done between the start of the servers and that of the programs, in a thread; `url` is the
    address that is printed; `is_measured` has the canary run, too.
    """

    def __init__(
        self,
        *,
        var: Path,
        address: Address,
        url: str,
        is_measured: bool,
        servers: list[Server],
        prepare: Callable[[], None],
        terminal: Terminal,
    ) -> None:
        self.record = var / "processes.json"
        self.address = address
        self.url = url
        self.prepare = prepare
        self.terminal = terminal
        self.servers = {self.server_child(server): server for server in servers}
        self.worker = self.child("worker", programs.worker())
        self.beat = self.child("beat", programs.beat(var))
        self.web = self.child("web", programs.web(address))
        self.canary = [self.child("canary", programs.canary())] if is_measured else []
        self.children = [*self.servers, self.worker, self.beat, self.web, *self.canary]

    def server_child(self, server: Server) -> Child:
        """A server as a child that only speaks of trouble."""
        return Child(
            server.name,
            server.command(),
            self.terminal,
            folder=server.folder,
            stop_signal=server.stop_signal,
            only=TROUBLE,
            spawned=self.remember,
        )

    def child(self, name: str, command: list[str]) -> Child:
        """One of the site's own programs as a child."""
        return Child(name, tethered(command), self.terminal, folder=PROJECT, spawned=self.remember)

    def remember(self) -> None:
        """Note which processes run, for the start after this process was killed."""
        stale.remember(self.record, [pid for child in self.children for pid in child.processes])

    async def run(self) -> None:
        """Start, stay, stop. Raises CannotStart once everything it started is gone again."""
        supervisor = Supervisor(self.children)
        try:
            await self.start(supervisor)
            await supervisor.stop_asked.wait()
        except Stopped:
            self.terminal.say("collab", "Not started.")
        finally:
            self.terminal.say("collab", "Stopping.")
            await supervisor.stop()
            self.record.unlink(missing_ok=True)
        self.terminal.say("collab", "Stopped. Everything is kept.")

    async def start(self, supervisor: Supervisor) -> None:
        """Servers, then the preparation, then the programs; then the address is printed."""
        await supervisor.watch()
        for child, server in self.servers.items():
            await supervisor.start(child)
            await supervisor.await_ready(child, partial(asyncio.to_thread, server.is_ready), within=PATIENCE)
        await supervisor.finish(asyncio.to_thread(self.prepare))
        for child in (self.worker, self.beat, self.web):
            await supervisor.start(child)
        await supervisor.await_ready(self.web, self.answers, within=PATIENCE)
        for child in self.canary:
            await supervisor.start(child)
        self.terminal.say("collab", f"Ready: {self.url}   (Ctrl-C stops everything)")

    async def answers(self) -> bool:
        """Daphne takes connections."""
        try:
            _, writer = await asyncio.open_connection(*self.address.reachable)
        except OSError:
            return False
        writer.close()
        return True
