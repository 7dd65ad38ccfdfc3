"""Sites to be measured: one with a Daphne process, as `make up` starts it, or one with several."""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.lab import Lab
from bench.plan import Seat, Seating
from bench.site import own_site, seated
from bench.usage import Census

#: Connections that each of several nodes may have to the database: PostgreSQL is asked for no more than it has.
POOL = "10"


@dataclass(frozen=True)
class Place:
    """A site that runs.

    Args:
        urls: of its Daphne processes.
        origin: what the site calls itself.
        environment: its commands run in.
        lab: its parts, where it has several nodes.
    """

    urls: list[str]
    origin: str
    environment: dict[str, str]
    lab: Lab | None = None

    async def keep(self, count: int) -> None:
        """Stop all nodes but so many."""
        assert self.lab is not None
        for node in self.lab.nodes[count:]:
            await node.stop()

    @property
    def census(self) -> Census:
        """Its processes, the bench's own among them."""
        return Census(os.getpid())

    async def seat(self, seating: Seating, folder: Path) -> list[Seat]:
        """Make people, and sign them in; their sessions pass through a folder that nobody else may look into.

        Raises:
            CannotMeasure: that failed.
        """
        return await seated(self.environment, seating, folder)


@contextlib.asynccontextmanager
async def one_process(folder: Path) -> AsyncIterator[Place]:
    """A new site with one Daphne process; it is gone afterwards, with all it stored."""
    with own_site(folder) as site:
        yield Place([site.url], site.url, site.environment)


@contextlib.asynccontextmanager
async def several_nodes(folder: Path, count: int) -> AsyncIterator[Place]:
    """A new site with so many Daphne processes; it is gone afterwards, with all it stored."""
    with tempfile.TemporaryDirectory(prefix="site-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = Lab(Path(name), count)
        lab.environment["DATABASE_POOL_SIZE"] = POOL
        for node in lab.nodes:
            node.environment["DATABASE_POOL_SIZE"] = POOL
        try:
            await lab.start()
            yield Place([f"http://127.0.0.1:{port}" for port in lab.ports], lab.url, lab.environment, lab)
        finally:
            await lab.stop()
