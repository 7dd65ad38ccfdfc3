"""A person's program in a test: the client, what it shows, and what it heard."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from tests.protocol.client import Client
from tests.protocol.connection import Refused
from tests.protocol.gate import Frame
from tests.protocol.view import View

#: Seconds after which what was waited for counts as not coming.
PATIENCE = 15.0


class Program:
    """Shows rooms as their events say, and remembers all frames."""

    def __init__(self, site: str, session: str, positions: dict[int, int] | None = None) -> None:
        self.views: defaultdict[int, View] = defaultdict(View)
        self.heard: list[Frame] = []
        self._news = asyncio.Event()
        self.client = Client(
            site, session, positions=positions, apply=self._apply, show=self._show, signal=self._remember
        )

    def _apply(self, event: Frame) -> None:
        self.views[event["room"]].apply(event)
        self._remember(event)

    def _show(self, room: Frame, messages: list[Frame]) -> None:
        self.views[room["id"]] = View.loaded(room, messages)
        self._news.set()

    def _remember(self, frame: Frame) -> None:
        self.heard.append(frame)
        self._news.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until what was heard makes it so."""
        async with asyncio.timeout(PATIENCE):
            while not reached():
                self._news.clear()
                await self._news.wait()

    async def hears(self, kind: str, **fields: Any) -> Frame:
        """The first frame of this kind with these fields, as soon as it has come."""
        found: list[Frame] = []

        def matching() -> bool:
            found.extend(said for said in self.heard if said["type"] == kind and fields.items() <= said.items())
            return bool(found)

        await self.until(matching)
        return found[0]

    async def shows(self, room: int, seq: int) -> View:
        """The room as it stands once the event is applied."""
        await self.until(lambda: bool(self.views[room].seqs) and self.views[room].seqs[-1] >= seq)
        return self.views[room]

    async def does(self, kind: str, **fields: Any) -> int | None:
        """Carry out a command; the seq of its event."""
        async with asyncio.timeout(PATIENCE):
            return await self.client.command(kind, **fields)

    async def says(self, room: int, text: str, client_id: uuid.UUID | None = None) -> int:
        """Say something; the seq of the message."""
        async with asyncio.timeout(PATIENCE):
            return await self.client.post(room, text, client_id)

    async def refused(self, kind: str, **fields: Any) -> Refused:
        """The refusal of a command that is refused."""
        with pytest.raises(Refused) as refusal:
            await self.does(kind, **fields)
        return refusal.value

    async def raw(self, data: str | bytes) -> Frame:
        """Send a frame as it is; the error it gets."""
        await self.does("ping")
        earlier = len(self.heard)
        assert self.client.connection is not None
        await self.client.connection.send(data)

        def errors() -> list[Frame]:
            return [said for said in self.heard[earlier:] if said["type"] == "error"]

        await self.until(lambda: bool(errors()))
        return errors()[0]

    def breaks(self) -> None:
        """Lose the connection, as a network would."""
        assert self.client.connection is not None
        self.client.connection.abort()
