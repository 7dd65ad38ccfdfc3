"""One server under both scenarios, its meters read at the right moments."""

import asyncio
import tempfile
from asyncio.subprocess import Process
from pathlib import Path

import msgspec

from bench import children, usage
from bench.errors import CannotMeasure
from bench.peers.catalog import PEERS, Peer
from bench.peers.job import SECOND, Job, Result
from bench.peers.options import Options
from bench.peers.report import CROWD, HALLS, Sample
from bench.peers.servers import serving
from bench.peers.serving import Serving, pin

#: Seconds of quiet once all sockets are open, or a quarter of the scenario's, if fewer: what was put off is done, and
#: memory is that of an idle server.
QUIET = 3.0
#: Seconds of CPU in one look, below which a server counts as calm; seconds of a look, and looks that this may take.
CALM, LOOK, LOOKS = 0.03, 0.5, 120


async def measure(name: str, asked: Options, folder: Path) -> list[Sample]:
    """Start a server, and measure it in rooms and in a crowd.

    Raises:
        NotInstalled: it is not to be had here.
        CannotMeasure: something else is in the way.
    """
    peer, cores = PEERS[name], usage.cores()
    async with serving(name, asked, folder) as server:
        if cores:
            pin([server.pid], cores[0])
            pin(server.beside.get("Valkey", ()), cores[1])
        first = await scenario(HALLS, name, halls(peer, asked, server), server, cores)
        await calm(server)
        return [first, await scenario(CROWD, name, crowd(peer, asked, server), server, cores)]


def halls(peer: Peer, asked: Options, server: Serving) -> Job:
    """Many rooms."""
    deliveries = peer.deliveries(asked.rate * asked.rooms_of)
    return Job(server.url, peer.dialect, server.halls, int(SECOND * asked.rooms_of / deliveries), asked.seconds)


def crowd(peer: Peer, asked: Options, server: Serving) -> Job:
    """One room of all."""
    size = len(server.crowd)
    deliveries = peer.deliveries(asked.crowd_rate * size)
    return Job(server.url, peer.dialect, server.crowd, int(SECOND * size / deliveries), asked.seconds)


async def scenario(kind: str, name: str, job: Job, server: Serving, cores: tuple[int, int] | None) -> Sample:
    """Go through one scenario with the load generator."""
    with tempfile.TemporaryDirectory(prefix="collab-bench-") as folder:
        files = Path(folder) / "job.json", Path(folder) / "result.json"
        files[0].write_bytes(msgspec.json.encode(job))
        async with children.load("bench.peers.load", *map(str, files)) as load:
            if cores:
                usage.pin(load.pid, cores[1])
            memory, used = await watch(load, server, min(QUIET, job.seconds / 4))
        return Sample(
            peer=name,
            scenario=kind,
            sockets=len(job.seats),
            interval=job.interval,
            used=used,
            memory=memory,
            result=msgspec.json.decode(files[1].read_bytes(), type=Result),
        )


async def watch(load: Process, server: Serving, quiet: float) -> tuple[tuple[int, int], dict[str, float]]:
    """Bytes of the server with one socket and with all, and seconds of CPU that each part used for the messages."""
    await reached(load, "one")
    one = server.memory()
    go_on(load)
    await reached(load, "ready")
    await asyncio.sleep(quiet)
    memory, before = (one, server.memory()), server.used()
    go_on(load)
    await reached(load, "over")
    after = server.used()
    go_on(load)
    if await load.wait():
        raise CannotMeasure(await children.last_words(load, "bench-peers"))
    return memory, {part: seconds - before[part] for part, seconds in after.items()}


async def calm(server: Serving) -> None:
    """Until the server has done with the sockets that left: it uses little CPU, or a minute is over."""
    used = server.used()[""]
    for _ in range(LOOKS):
        await asyncio.sleep(LOOK)
        before, used = used, server.used()[""]
        if used - before < CALM:
            return


async def reached(load: Process, word: str) -> None:
    """Wait until the generator is so far."""
    assert load.stdout is not None
    if (await load.stdout.readline()).decode().strip() != word:
        raise CannotMeasure(await children.last_words(load, "bench-peers"))


def go_on(load: Process) -> None:
    """Let the generator go on."""
    assert load.stdin is not None
    load.stdin.write(b"\n")
