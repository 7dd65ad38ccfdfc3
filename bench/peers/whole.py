"""The whole site as one more server: started as `make up` starts it, its people signed in, each message committed."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.peers.job import Seat
from bench.peers.options import Options
from bench.peers.serving import Serving
from bench.plan import Seating
from bench.site import RunningSite, seated
from bench.usage import Census

#: What works for the node.
BESIDE = frozenset({"PostgreSQL", "Valkey", "worker", "beat"})


async def whole(site: RunningSite, asked: Options) -> Serving:
    """The site with its people, rooms and sessions made; its one node is what is measured."""
    census = Census(os.getpid())
    with tempfile.TemporaryDirectory(prefix="collab-bench-") as folder:
        made = await seated(site.environment, Seating(asked.people, asked.rooms_of), Path(folder))
    halls = [Seat(each.room, each.session) for each in made]
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
