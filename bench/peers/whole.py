"""The whole site as one more server: started as `make up` starts it, its people signed in, each message committed."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.errors import CannotMeasure
from bench.peers.job import Seat
from bench.peers.options import Options
from bench.peers.serving import Serving
from bench.plan import Seating
from bench.site import RunningSite
from bench.usage import Census
from collab.embedded.environment import PROJECT

#: What works for the node.
BESIDE = frozenset({"PostgreSQL", "Valkey", "worker", "beat"})


async def whole(site: RunningSite, asked: Options) -> Serving:
    """The site with its people, rooms and sessions made; its one node is what is measured."""
    census = Census(os.getpid())
    halls = await cast(site, asked.people, asked.rooms_of)
    return Serving(
        site.url,
        census.nodes()[0].pid,
        beside(census),
        halls,
        # In the general room of their workspace, which the welcome tells.
        [msgspec.structs.replace(seat, room=0) for seat in halls],
    )


def beside(census: Census) -> dict[str, Sequence[int]]:
    """By part, the other processes of the site."""
    parts: dict[str, list[int]] = {}
    for pid, (name, _) in census.read().items():
        if name in BESIDE:
            parts.setdefault(name, []).append(pid)
    return dict(parts)


async def cast(site: RunningSite, people: int, rooms_of: int) -> list[Seat]:
    """Have the people made, in the site's environment; their seats.

    Raises:
        CannotMeasure: that failed.
    """
    with tempfile.TemporaryDirectory(prefix="collab-bench-") as name:
        file, seating = Path(name) / "seats.json", msgspec.json.encode(Seating(people, rooms_of)).decode()
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.cast", seating, str(file)),
            cwd=PROJECT,
            env=site.environment,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await run.communicate()
        if run.returncode:
            last = (errors.decode().strip().splitlines() or ["it did not say why"])[-1]
            raise CannotMeasure(f"the people could not be seated: {last}")
        return msgspec.json.decode(file.read_bytes(), type=list[Seat])
