"""A server that is told to stop while it makes pages: they are waited for, but not for ever, and nothing holds it."""

import asyncio
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.test_conformance import answers
from tests.live.test_gone import Server
from tests.live.waiting import PATIENCE, until


class Servers:
    """Starts servers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.started: list[Server] = []

    async def start(self, **drain: float) -> Server:
        """One that answers; `drain`: what is otherwise than in `collab.live.drain`."""
        server = Server(self._folder / str(len(self.started)), **drain)
        self.started.append(server)
        await until(lambda: answers(server.port))
        return server


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    servers = Servers(tmp_path)
    yield servers
    for server in servers.started:
        server.process.kill()
        server.process.wait()


def ask(server: Server, path: str) -> http.client.HTTPConnection:
    """Ask for a page, and do not wait for it."""
    page = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    page.request("GET", path)
    return page


async def ended(server: Server) -> int:
    return await asyncio.to_thread(server.process.wait, PATIENCE)


async def test_a_page_that_is_being_made_comes_whole_and_its_connection_is_not_used_again(servers: Servers) -> None:
    server = await servers.start(PAGES_WITHIN=PATIENCE)
    before = ask(server, "/short")
    assert before.getresponse().read() == b"Short"
    slow = ask(server, "/slow")
    await server.holds(connections=1)
    server.process.terminate()
    await until(lambda: not answers(server.port))
    # The connection stands, as that of a proxy does; what comes on it is answered, and then it ends.
    before.request("GET", "/short")
    last = before.getresponse()
    assert (last.read(), last.getheader("Connection")) == (b"Short", "close")
    assert slow.getresponse().read() == b"Slow and whole"
    assert await ended(server) == 0


async def test_a_page_that_is_never_made_is_not_waited_for_for_ever(servers: Servers) -> None:
    server = await servers.start(PAGES_WITHIN=0.2)
    page = ask(server, "/endless")
    await server.holds(connections=1)
    server.process.terminate()
    assert await ended(server) == 0
    page.close()


async def test_a_thread_that_is_never_done_does_not_hold_the_process(servers: Servers) -> None:
    server = await servers.start(PAGES_WITHIN=0.2, GONE_AFTER=1.0)
    page = ask(server, "/hanging")
    await server.holds(connections=1)
    server.process.terminate()
    assert await ended(server) == 1
    assert "drain_forced" in server.said()
    page.close()


def test_all_of_it_is_over_within_15_seconds() -> None:
    from collab.live import drain

    assert drain.WITHIN + drain.PAGES_WITHIN + drain.LAST_BYTES < drain.GONE_AFTER < 15
