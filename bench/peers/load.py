"""The load: a process of its own that opens the sockets, sends at fixed times, and notes what comes where and when.

    python -m bench.peers.load JOB RESULT

It tells on its standard output how far it is, a word a line, and goes on after each when told to with a line on its
standard input: `one` socket is open; all are `ready`; it is `over`. Whoever started it reads its meters meanwhile.
"""

import asyncio
import gc
import random
import sys
import time
from pathlib import Path

import msgspec
import uvloop
from picows import WSError, ws_connect

from bench.errors import CannotMeasure
from bench.peers.client import Client
from bench.peers.dialects import DIALECTS
from bench.peers.job import SECOND, Job, Result, Seat
from bench.peers.payload import Numbering
from bench.peers.sightings import Sightings

#: Sockets that are being opened at a time, and seconds that one may take.
AT_A_TIME = 32
PATIENCE = 60.0
#: Seconds without anything new after which what is missing counts as lost.
SILENCE = 5.0


class Load:
    """One scenario under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.numbering = Numbering()
        self.clients: list[Client] = []
        lot = random.Random(1)
        self.senders = [lot.randrange(len(job.seats)) for _ in range(job.count)]
        self.lateness: list[int] = []
        self.started_at = 0

    async def run(self) -> Result:
        """Open, send, hear.

        Raises:
            CannotMeasure: the sockets could not be opened.
        """
        began, gate = time.monotonic(), asyncio.Semaphore(AT_A_TIME)
        self.clients = [await self.open(self.job.seats[0], gate)]
        await reached("one")
        self.clients += await asyncio.gather(*(self.open(seat, gate) for seat in self.job.seats[1:]))
        arriving = time.monotonic() - began
        # A collection walks all sockets: its pause would look like the server's.
        gc.freeze()
        gc.disable()
        await reached("ready")
        cpu = time.process_time()
        await self.talk()
        await self.settle()
        ended, cpu = sum(client.has_ended for client in self.clients), time.process_time() - cpu
        await reached("over")
        return self.result(ended, arriving, cpu)

    async def open(self, seat: Seat, gate: asyncio.Semaphore) -> Client:
        """Open the socket of a seat, and wait until it hears its room."""
        async with gate:
            client = DIALECTS[self.job.dialect](seat, self.numbering)
            address = self.job.url.replace("http", "ws", 1) + client.path()
            try:
                async with asyncio.timeout(PATIENCE):
                    await ws_connect(
                        lambda: client,
                        address,
                        extra_headers=client.headers(self.job.url),
                        websocket_handshake_timeout=PATIENCE,
                    )
                    await client.joined
            except (OSError, TimeoutError, WSError) as error:
                raise CannotMeasure(
                    f"no socket could be opened at {address}: {str(error) or 'it took too long'}"
                ) from error
            return client

    async def talk(self) -> None:
        """Send everything at its time, whatever has come back: a slow server is not asked less."""
        self.started_at = time.monotonic_ns() + SECOND // 10
        for number, sender in enumerate(self.senders):
            ahead = self.meant(number) - time.monotonic_ns()
            if ahead > 0:
                await asyncio.sleep(ahead / SECOND)
            self.lateness.append(time.monotonic_ns() - self.meant(number))
            self.clients[sender].say(number)

    def meant(self, number: int) -> int:
        """When a message is to be sent."""
        return self.started_at + number * self.job.interval

    async def settle(self) -> None:
        """Wait until everything is everywhere, or nothing more comes."""
        heard, moved_at = -1, time.monotonic()
        expected = self.sightings().expected
        while heard < expected and time.monotonic() - moved_at < SILENCE:
            await asyncio.sleep(0.1)
            if (now := sum(len(client.numbers) for client in self.clients)) != heard:
                heard, moved_at = now, time.monotonic()

    def sightings(self) -> Sightings:
        """What must come where."""
        return Sightings([seat.room for seat in self.job.seats], self.senders)

    def result(self, ended: int, arriving: float, cpu: float) -> Result:
        """Put together what was seen."""
        sightings = self.sightings()
        for seat, client in enumerate(self.clients):
            sightings.note(seat, client.numbers, client.times)
        return sightings.result(self.meant, self.lateness, ended=ended, arriving=arriving, cpu=cpu)


async def reached(word: str) -> None:
    """Say how far it is, and wait to be told to go on.

    Raises:
        CannotMeasure: nobody is there any more.
    """
    print(word, flush=True)
    if not await asyncio.to_thread(sys.stdin.readline):
        raise CannotMeasure("the measurement was broken off.")


def main(job_file: str, result_file: str) -> None:
    """Measure and write down what was seen."""
    job = msgspec.json.decode(Path(job_file).read_bytes(), type=Job)
    try:
        result = uvloop.run(Load(job).run())
    except CannotMeasure as error:
        sys.exit(f"bench-peers: {error}")
    Path(result_file).write_bytes(msgspec.json.encode(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
