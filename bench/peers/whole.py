"""The whole site as one more server: started as `make up` starts it, its people signed in, each message committed."""

import asyncio
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
from bench.usage import SUPERVISOR, Census
from collab.embedded.environment import PROJECT

DAPHNE = "Daphne"


async def whole(site: RunningSite, asked: Options) -> Serving:
    """The site with its people, rooms and sessions made; its one node is what is measured."""
    halls = await cast(site, asked.people, asked.rooms_of)
    return Serving(
        site.url,
        Census(site.root).web().pid,
        beside(site),
        halls,
        # In the general room of their workspace, which the welcome tells.
        [msgspec.structs.replace(seat, room=0) for seat in halls],
    )


def beside(site: RunningSite) -> dict[str, Sequence[int]]:
    """By part, the other processes of the site."""
    parts: dict[str, list[int]] = {}
    for pid, (name, _) in Census(site.root).read().items():
        if name not in {DAPHNE, SUPERVISOR}:
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
