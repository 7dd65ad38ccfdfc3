"""A way to Redis that keeps back what is said, so that one node's publishes come after those that were made later."""

import asyncio
import contextlib
import random
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

SIZE = 65536


class SlowWay:
    """Listens on a unix socket and passes on to another, what is said late and what is answered at once.

    Args:
        server: the socket of Redis.
        path: its own.
        lot: how late each piece is.
    """

    #: Seconds. Opening a line takes many pieces, each within a node's patience of 2 s: with 0.8 none was ever opened.
    most = 0.15

    def __init__(self, server: Path, path: Path, lot: random.Random) -> None:
        self._server = server
        self._path = path
        self._lot = lot
        self._listener: asyncio.Server | None = None
        #: Publishes that went through, late.
        self.publishes = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{quote(str(self._path))}"

    async def __aenter__(self) -> "SlowWay":
        self._listener = await asyncio.start_unix_server(self._pass_on, self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._listener is not None
        self._listener.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._server)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pump(reader, far_writer, self.most), self._pump(far_reader, writer, 0))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: float) -> None:
        # One way may have closed the other's end by now; uvloop tells that with a RuntimeError.
        with contextlib.suppress(OSError, RuntimeError):
            while data := await reader.read(SIZE):
                await asyncio.sleep(self._lot.uniform(0, most))
                self.publishes += data.count(b"PUBLISH")
                writer.write(data)
                await writer.drain()
        writer.close()
