"""A way to NGINX that can begin to swallow everything, as a network does that lost its state, or reset everything."""

import asyncio
import contextlib
import socket
import struct

SIZE = 65536
#: A close that sends RST at once: linger on, for zero seconds.
AT_ONCE = struct.pack("ii", 1, 0)


class HalfOpen:
    """Passes connections on to a port of the loopback.

    Those that stood when `swallow` was called pass on nothing any more, and no end either; later ones work.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._swallowed: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def open(self) -> None:
        """Begin to take connections at `url`."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Take and pass on nothing more."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()

    def swallow(self) -> None:
        """Pass on nothing more of the connections that stand."""
        self._swallowed |= self._open

    def reset(self) -> None:
        """Reset all of them, at both ends."""
        for writer in list(self._open):
            end: socket.socket = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(SIZE):
                if writer not in self._swallowed:
                    writer.write(data)
                    await writer.drain()
        if writer not in self._swallowed:
            self._open.discard(writer)
            writer.close()
