"""Each server as a process of its own on the loopback, with a Valkey of its own where it has use for one."""

import asyncio
import os
import resource
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.errors import CannotMeasure
from bench.faults.control.lab import APPLICATION, takes_connections
from bench.faults.frail import FrailValkey
from bench.faults.part import Part, site_part, until_told
from bench.peers import nchan, node
from bench.peers.catalog import WHOLE
from bench.peers.options import Options
from bench.peers.serving import Serving, seats
from bench.peers.whole import whole
from bench.site import NOT_OURS, free_port, own_site

#: Arguments of Daphne in both its forms: nothing is told of each request, sockets stay, and whoever comes may wait: the
#: tutorial's chat takes longer than the usual five seconds while many come at once.
DAPHNE = ("--bind=127.0.0.1", "--verbosity=0", "--websocket_timeout=-1", "--websocket_connect_timeout=60")


@asynccontextmanager
async def serving(name: str, asked: Options, folder: Path) -> AsyncIterator[Serving]:
    """A server, started, and ended at the end.

    Args:
        name: in the catalog.
        asked: how many seats.
        folder: of all benches; what is brought for the servers is kept there.

    Raises:
        NotInstalled: it is not to be had here.
        CannotMeasure: it does not start.
    """
    if name == WHOLE:
        with own_site(folder) as site:
            yield await whole(site, asked)
        return
    with tempfile.TemporaryDirectory(prefix=f"peer-{name}-", dir=folder, ignore_cleanup_errors=True) as own:
        # Valkey and NGINX's worker run as others where this is root.
        await asyncio.to_thread(Path(own).chmod, 0o711)
        async with lone(name, Path(own), folder / "nchan") as (url, server, valkey):
            yield Serving(
                url,
                server.pid,
                {"Valkey": [valkey.pid]},
                seats(asked.sockets, asked.rooms_of),
                seats(asked.sockets, asked.sockets),
            )


@asynccontextmanager
async def lone(name: str, own: Path, keep: Path) -> AsyncIterator[tuple[str, Part, Part]]:
    """Where a server answers, its process, and its Valkey's."""
    redis, port = FrailValkey(own / "valkey"), free_port()
    environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
    environment |= {"REDIS_URL": redis.url, "SECRET_KEY": secrets.token_urlsafe(48), **node.environment()}
    valkey = Part("valkey", redis.command(), own, environment, redis.stop_signal)
    server = site_part(name, command(name, port, own, keep, redis.socket), own, environment)
    try:
        await asyncio.to_thread(redis.prepare)
        valkey.start()
        await until_told(lambda: asyncio.to_thread(redis.is_ready), "Valkey does not answer")
        server.start()
        await until_told(lambda: is_open(server, port), f"{name} takes no connections")
        yield f"http://127.0.0.1:{port}", server, valkey
    finally:
        for each in (server, valkey):
            if each.process is not None:
                await each.stop()


async def is_open(server: Part, port: int) -> bool:
    """Whether it takes connections yet.

    Raises:
        CannotMeasure: it has ended, with its last words.
    """
    if server.has_fallen:
        raise CannotMeasure(f"{server.name} ended at once: {server.last_words()}")
    return await takes_connections(port)


def command(name: str, port: int, own: Path, keep: Path, redis_socket: Path) -> list[str]:
    """What runs a server on a port of the loopback.

    Raises:
        NotInstalled: it is not to be had here.
    """
    match name:
        case "nchan":
            return nchan.found(keep).command(port, own, open_files())
        case "ws" | "socketio":
            return node.command(f"{name}.cjs", port, redis_socket)
        case "tutorial":
            return [sys.executable, "-m", "daphne", *DAPHNE, f"--port={port}", APPLICATION]
    return [sys.executable, "-m", "collab.live.server", *DAPHNE, f"--port={port}", "bench.peers.bare:application"]


def open_files() -> int:
    """As many files as the system lets a process have open, now also those that are started from here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most if most != resource.RLIM_INFINITY else 65_536
