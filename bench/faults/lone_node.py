"""The smallest site of the lab."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.faults.lab import Lab
from bench.program import say


@asynccontextmanager
async def lone_node(folder: Path) -> AsyncIterator[Lab]:
    """A site of one node that answers what it holds, in a folder of its own inside this one."""
    with tempfile.TemporaryDirectory(prefix="lone-node-", dir=folder, ignore_cleanup_errors=True) as name:
        lab = Lab(Path(name), 1)
        # At this level it answers.
        lab.nodes[0].environment["LOG_LEVEL"] = "INFO"
        try:
            say("Starting a site with one node.")
            await lab.start()
            yield lab
        finally:
            await lab.stop()
