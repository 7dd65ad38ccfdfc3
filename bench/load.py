"""The load: a process of its own that opens the sockets, says what is planned, and hears what comes.

    python -m bench.load JOB RESULT

It tells on its standard output how far it is, one word a line, and goes on after each when told to with a line on
its standard input, so that whoever started it can look at the server at these moments: `one` socket is open; all are
`ready`; it is `over`. Then it reads the log again over new sockets, judges, and writes the result.
"""

import asyncio
import resource
import sys
import time
from pathlib import Path

import msgspec
import uvloop

from bench.checker import Evidence, check
from bench.errors import CannotMeasure
from bench.figures import spread
from bench.plan import Job, sayings, screens_of_rooms
from bench.result import Result
from bench.screen import Screen, connect

#: Sockets that are being opened at a time.
AT_A_TIME = 32
#: Seconds without anything new after which what is missing counts as lost.
SILENCE = 10.0
SECOND = 1_000_000_000


class Load:
    """One measurement under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.said = list(sayings(job))
        self.screens: list[Screen] = []
        self.audience = screens_of_rooms(job.seats)
        self.arrivals: list[int] = []
        self.lateness: list[int] = []
        self.started_at = self.ended_at = 0

    async def run(self) -> Result:
        """Measure.

        Raises:
            CannotMeasure: the sockets could not be opened.
        """
        first = await self.open(0)
        await reached("one")
        began = time.monotonic()
        gate = asyncio.Semaphore(AT_A_TIME)
        self.screens = [
            first,
            *await asyncio.gather(*(self.open(seat, gate) for seat in range(1, len(self.job.seats)))),
        ]
        arriving = time.monotonic() - began
        await reached("ready")
        await self.talk()
        await self.settle()
        self.ended_at = time.monotonic_ns()
        await reached("over")
        ended = [screen.ended for screen in self.screens if screen.ended]
        return self.judge(await self.read_log(), ended, arriving)

    async def open(self, seat: int, gate: asyncio.Semaphore | None = None) -> Screen:
        """Open the socket of a seat and be caught up."""
        async with gate or asyncio.Semaphore():
            began = time.monotonic_ns()
            screen = await connect(self.job.url, self.job.seats[seat].session)
            await screen.arrive({}, phase=seat / len(self.job.seats))
            self.arrivals.append(time.monotonic_ns() - began)
            return screen

    async def talk(self) -> None:
        """Say everything at its time, whatever has come back: a slow server is not asked less."""
        self.started_at = time.monotonic_ns() + SECOND // 10
        for saying in self.said:
            ahead = self.started_at + saying.at - time.monotonic_ns()
            if ahead > 0:
                await asyncio.sleep(ahead / SECOND)
            self.lateness.append(time.monotonic_ns() - self.started_at - saying.at)
            self.screens[saying.seat].post(saying)

    async def settle(self) -> None:
        """Wait until all is answered and shown, or nothing more comes."""
        heard, moved_at = -1, time.monotonic()
        while time.monotonic() - moved_at < SILENCE:
            if (now := self.heard()) != heard:
                heard, moved_at = now, time.monotonic()
            answered = sum(len(screen.acknowledged) + len(screen.refused) for screen in self.screens)
            if answered >= len(self.said) and heard >= self.expected():
                return
            await asyncio.sleep(0.05)

    def heard(self) -> int:
        """Events that have come to all screens together."""
        return sum(len(screen.heard) for screen in self.screens)

    def expected(self) -> int:
        """Deliveries that the acknowledged messages make."""
        acknowledged = self.acknowledged()
        return sum(len(self.audience[saying.room]) for saying in self.said if saying.client_id in acknowledged)

    def acknowledged(self) -> dict[str, tuple[int, int]]:
        """What was acknowledged to any screen."""
        return {key: answer for screen in self.screens for key, answer in screen.acknowledged.items()}

    def heads(self) -> dict[int, int]:
        """By room, where it stood before the first message."""
        return {seat.room: screen.heads[seat.room] for seat, screen in zip(self.job.seats, self.screens, strict=True)}

    async def read_log(self) -> dict[int, Screen]:
        """For each room, a new socket that has missed all of it, and is sent the log."""
        readers = {}
        for room, head in self.heads().items():
            seat = self.job.seats[min(self.audience[room])]
            reader = await connect(self.job.url, seat.session)
            await reader.arrive({room: head}, phase=1)
            reader.leave()
            if room not in reader.reloads:
                readers[room] = reader
        return readers

    def judge(self, readers: dict[int, Screen], ended: list[str], arriving: float) -> Result:
        """Put together what was seen."""
        acknowledged = self.acknowledged()
        log = {room: [each for each in reader.heard if each.room == room] for room, reader in readers.items()}
        evidence = Evidence(
            said=self.said,
            acknowledged={key: seq for key, (seq, _) in acknowledged.items()},
            screens=self.audience,
            heads=self.heads(),
            heard={seat: screen.heard for seat, screen in enumerate(self.screens)},
            log=log,
        )
        verdict = check(evidence)
        refused = [code for screen in self.screens for code in screen.refused.values()]
        meant = {saying.client_id: self.started_at + saying.at for saying in self.said}
        shown = [each.at - meant[each.client_id] for s in self.screens for each in s.heard if each.client_id in meant]
        return Result(
            sent=len(self.said),
            accepted=len(acknowledged),
            refused=refused,
            ended=ended,
            expected=self.expected(),
            delivered=len(shown),
            faults=verdict.counts,
            cases=verdict.cases,
            log_read=sum(map(len, log.values())),
            rooms_not_read=len(self.audience) - len(log),
            to_screens=spread(shown),
            to_answers=spread(at - meant[key] for key, (_, at) in acknowledged.items()),
            lateness=spread(self.lateness),
            arrivals=spread(self.arrivals),
            arriving=arriving,
            seconds=(self.ended_at - self.started_at) / SECOND,
        )


async def reached(word: str) -> None:
    """Say how far it is, and wait to be told to go on.

    Raises:
        CannotMeasure: nobody is there any more.
    """
    print(word, flush=True)
    if not await asyncio.to_thread(sys.stdin.readline):
        raise CannotMeasure("the measurement was broken off.")


def allow_sockets(count: int) -> None:
    """Raise the limit of open files as far as it goes.

    Raises:
        CannotMeasure: not far enough.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < count + 100:
        raise CannotMeasure(f"{count} sockets need more open files than the {most} allowed; see: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(job_file: str, result_file: str) -> None:
    """Measure and write down what was seen."""
    job = msgspec.json.decode(Path(job_file).read_bytes(), type=Job)
    try:
        allow_sockets(len(job.seats))
        result = uvloop.run(Load(job).run())
    except CannotMeasure as error:
        sys.exit(f"bench: {error}")
    Path(result_file).write_bytes(msgspec.json.encode(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
