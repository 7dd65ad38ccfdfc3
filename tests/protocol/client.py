"""A client of `collab.v1`, written from docs/protocol.md alone: it stays connected and misses nothing."""

import asyncio
import json
import uuid
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from websockets.exceptions import InvalidHandshake

from tests.protocol.closing import Backoff, comes_back
from tests.protocol.connection import Connection, Lost, Refused
from tests.protocol.gate import Frame, Gate
from tests.protocol.signin import Browser


class Ended(Exception):
    """The server closed the socket with a code after which a client does not come back."""


class NotLoaded(Exception):
    """The site gave no answer over HTTP, or another than was asked for."""


class Client:
    """A signed-in person's program: hears the rooms in order, says things once, resumes by itself."""

    def __init__(
        self,
        site: str,
        session: str,
        *,
        positions: dict[int, int] | None = None,
        apply: Callable[[Frame], None] = lambda event: None,
        show: Callable[[Frame, list[Frame]], None] = lambda room, messages: None,
        signal: Callable[[Frame], None] = lambda signal: None,
    ) -> None:
        """`positions` are the rooms this client shows already.

        `apply` gets events in order, `show` a room that was loaded anew and its newest messages, `signal` all else.
        """
        self.site = site
        self.session = session
        self.gates = {room: Gate(last) for room, last in (positions or {}).items()}
        self.backoff = Backoff()
        self.since: str | None = None
        self.epoch: str | None = None
        self.welcome: Frame = {}
        self.connection: Connection | None = None
        #: What the server should never have said.
        self.faults: list[Frame] = []
        self._apply = apply
        self._show = show
        self._signal = signal
        #: Rooms of which this socket said that they are heard, and the head as of which it said so.
        self._told: dict[int, int] = {}
        self._is_welcomed = False
        self._ready = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._ended: int | None = None
        self._fetching: dict[int, asyncio.Task[None]] = {}
        self._loading: dict[int, asyncio.Task[None]] = {}
        self._life: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, stay connected, and return once caught up."""
        self._life = asyncio.create_task(self._stay())
        await self.caught_up()

    async def stop(self) -> None:
        """Close the socket and do not come back."""
        tasks = [task for task in [self._life, *self._fetching.values(), *self._loading.values()] if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.connection is not None:
            await self.connection.close()

    async def caught_up(self) -> None:
        """Wait until all that was missed has come."""
        await self._caught_up.wait()
        self._raise_if_ended()

    async def command(self, kind: str, **fields: Any) -> int | None:
        """Carry out a command once the socket has said hello; the seq of its event."""
        await self._ready.wait()
        self._raise_if_ended()
        assert self.connection is not None
        seq: int | None = (await self.connection.command(kind, **fields))["seq"]
        return seq

    async def post(self, room: int, text: str, client_id: uuid.UUID | None = None) -> int:
        """Say something once: the same client id is sent until there is an answer; the seq of the message."""
        client_id = client_id or uuid.uuid4()
        while True:
            try:
                seq = await self.command("post", room=room, client_id=str(client_id), text=text)
            except Lost:
                self._ready.clear()
            except Refused as refused:
                if refused.retry_after is None:
                    raise
                await asyncio.sleep(refused.retry_after)
            else:
                assert seq is not None
                return seq

    async def load(self, room: int) -> None:
        """Hear a room from its first event on."""
        self.gates[room] = Gate(0)
        await self.command("fetch", room=room, after=0)

    async def beat(self) -> None:
        """Say how far this client has got; what it lacks is fetched."""
        await self.command("ping", positions=self._positions())

    def _raise_if_ended(self) -> None:
        if self._ended is not None:
            raise Ended(self._ended)

    async def _stay(self) -> None:
        while True:
            code = await self._live()
            self._ready.clear()
            self._caught_up.clear()
            if not comes_back(code):
                self._ended = code
                self._ready.set()
                self._caught_up.set()
                return
            await asyncio.sleep(self.backoff.wait())

    async def _live(self) -> int:
        """One socket from its handshake to its end; the code it closed with."""
        try:
            self.connection = connection = await Connection.open(self.site, self.session, self._hear)
        except (OSError, InvalidHandshake, EOFError):
            return 1006
        self._told.clear()
        self._is_welcomed = False
        beating = asyncio.create_task(self._beat(connection))
        try:
            return await connection.closed()
        finally:
            beating.cancel()
            self._give_up_loading()

    async def _beat(self, connection: Connection) -> None:
        """Say hello, then ping as long as the socket stands; close it when it is dead."""
        try:
            await connection.command("hello", positions=self._positions(), since=self.since, epoch=self.epoch)
            self.backoff.reset()
            self._ready.set()
            while True:
                await asyncio.sleep(self.welcome["heartbeat"])
                async with asyncio.timeout(self.welcome["heartbeat"]):
                    await connection.command("ping", positions=self._positions())
        except TimeoutError:
            connection.abort()
        except Lost:
            return

    def _positions(self) -> dict[str, int]:
        return {str(room): gate.last for room, gate in self.gates.items()}

    def _hear(self, frame: Frame) -> None:
        if not self._is_welcomed and frame["type"] not in {"welcome", "goodbye"}:
            self.faults.append(frame)
            return
        if "seq" in frame and "room" in frame:
            if frame["room"] in self._told:
                self._admit(frame)
            else:
                self.faults.append(frame)
            return
        if (act := getattr(self, f"_on_{frame['type']}", None)) is not None:
            act(frame)
        self._signal(frame)

    def _admit(self, event: Frame) -> None:
        gate = self.gates[event["room"]]
        for ready in gate.admit(event):
            self._apply(ready)
        if gate.gap:
            self._fetch_soon(event["room"], gate)

    def _fetch_soon(self, room: int, gate: Gate) -> None:
        if room not in self._fetching:
            self._fetching[room] = asyncio.create_task(self._fetch(room, gate))

    async def _fetch(self, room: int, gate: Gate) -> None:
        try:
            await self.command("fetch", room=room, after=gate.last)
        except (Lost, Refused, Ended):
            return  # the next hello says where this room stands
        finally:
            self._fetching.pop(room, None)

    async def _load_anew(self, room: int, head: int) -> None:
        """Show what stands, then apply what follows the head; without it the next hello says where one really is."""
        assert self.connection is not None
        try:
            about, page = await self._get(f"/api/v1/rooms/{room}/"), await self._get(f"/api/v1/rooms/{room}/messages/")
        except NotLoaded:
            self.connection.abort()
            return
        self._show(about, page["messages"])
        for event in self.gates[room].jump(head):
            self._apply(event)
        del self._loading[room]

    async def _get(self, address: str) -> Frame:
        browser = Browser(self.site, {"sessionid": self.session})
        try:
            status, body = await asyncio.to_thread(browser.request, "GET", address)
        except (OSError, HTTPException) as error:
            raise NotLoaded from error
        if status != 200:
            raise NotLoaded(status, body)
        found: Frame = json.loads(body)
        return found

    def _give_up_loading(self) -> None:
        for room, task in self._loading.items():
            task.cancel()
            self.gates[room].is_loading = False
        self._loading.clear()

    def _on_welcome(self, frame: Frame) -> None:
        self.welcome = frame
        self._is_welcomed = True
        self.since = frame["at"]
        if self.epoch not in {None, frame["epoch"]}:
            self.gates.clear()
        self.epoch = frame["epoch"]
        heads = {state["room"]: state["head"] for state in frame["rooms"]}
        self.gates = {room: self.gates.get(room) or Gate(head) for room, head in heads.items()}
        self._told |= heads

    def _on_caught_up(self, _: Frame) -> None:
        self._caught_up.set()

    def _on_heads(self, frame: Frame) -> None:
        for room, head in frame["heads"].items():
            gate = self.gates.get(int(room))
            if gate is not None and gate.last < head and not gate.is_loading:
                self._fetch_soon(int(room), gate)

    def _on_reload(self, frame: Frame) -> None:
        room = frame["room"]
        if room not in self._told:
            self.faults.append(frame)
            return
        self.gates[room].is_loading = True
        if (earlier := self._loading.get(room)) is not None:
            earlier.cancel()
        self._loading[room] = asyncio.create_task(self._load_anew(room, frame["head"]))

    def _on_room_added(self, frame: Frame) -> None:
        self.gates[frame["state"]["room"]] = Gate(frame["state"]["head"])
        self._told[frame["state"]["room"]] = frame["state"]["head"]

    def _on_room_removed(self, frame: Frame) -> None:
        if frame["head"] <= self._told.get(frame["room"], 0):
            return
        if (loading := self._loading.pop(frame["room"], None)) is not None:
            loading.cancel()
        self.gates.pop(frame["room"], None)
        self._told.pop(frame["room"], None)

    def _on_goodbye(self, frame: Frame) -> None:
        self.backoff.told = frame["delay"]
