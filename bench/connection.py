"""One kept connection for GET, as a browser holds it: no more of HTTP than that."""

import asyncio
from collections.abc import Mapping

from bench.errors import CannotMeasure

#: Seconds.
PATIENCE = 30.0


class Connection:
    """Opened when it is first needed, and again where the server has closed it."""

    def __init__(self, host: str, port: int, headers: Mapping[str, str]) -> None:
        self._place = host, port
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of what a path gives.

        Raises:
            CannotMeasure: there was no answer.
        """
        try:
            return await asyncio.wait_for(self._get(path), PATIENCE)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise CannotMeasure(f"a poll got no answer: {error!r}") from error

    async def _get(self, path: str) -> tuple[int, bytes]:
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\n{self._headers}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        return int(head.split(" ", 2)[1]), await reader.readexactly(_length(head))

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise CannotMeasure("an answer came without its length.")
