"""`polling`: the same messages to people on sockets, and to people who ask every two seconds."""

from collections.abc import Sequence

from bench.outcome import Condition, Outcome, Run, at_least
from bench.plan import Saying, Seat, sayings
from bench.program import say
from bench.scenarios import fan_out
from bench.stage import Stage

#: In each room one talks, on a socket both times, and all others listen.
FULL = Condition(sockets=1_050, rooms_of=21, workspace_of=0, rate=10, seconds=60)
QUICK = Condition(sockets=40, rooms_of=4, workspace_of=0, rate=10, seconds=1, every=0.5)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure both."""
    seats = await stage.seat(fan_out.seating(asked))
    talkers = range(0, len(seats), asked.rooms_of)
    await stage.gather(fan_out.seating(asked))
    sockets, _ = await stage.measure("on sockets", _plan(seats, talkers, asked))
    await _gather_pollers(stage, seats, talkers, asked.every)
    polls, measured = await stage.measure("with polls", _plan(seats, talkers, asked))
    answered = sum(part.polls for part in measured.parts)
    figures = {
        "answered polls": float(answered),
        "polls left out, since the last was not answered": float(sum(part.polls_left_out for part in measured.parts)),
        "CPU a poll, whole site, ms": polls.usage.of_site() * 1000 / max(1, answered),
        "CPU of one core on sockets, whole site, %": 100 * sockets.usage.of_site() / sockets.usage.seconds,
        "CPU of one core with polls, whole site, %": 100 * polls.usage.of_site() / polls.usage.seconds,
        "less CPU, Daphne, %": less(sockets, polls, "Daphne"),
        "less CPU, whole site, %": less(sockets, polls),
    }
    targets = [at_least("less CPU", 95, figures["less CPU, whole site, %"], "%")]
    return Outcome("polling", asked, [sockets, polls], figures, targets)


def _plan(seats: Sequence[Seat], talkers: Sequence[int], asked: Condition) -> list[Saying]:
    """The same each time, but for the client ids."""
    return list(sayings(seats, asked.rate, asked.seconds, talkers=talkers))


async def _gather_pollers(stage: Stage, seats: Sequence[Seat], talkers: Sequence[int], every: float) -> None:
    crowd = await stage.enter(seats)
    say(f"Polling by {len(seats) - len(talkers):,} people, every {every:g} s.")
    await crowd.poll(sorted(set(range(len(seats))) - set(talkers)), every)
    await crowd.open()


def less(sockets: Run, polls: Run, *parts: str) -> float:
    """Percent by which CPU a second is less on sockets; of the whole site, where no part is named."""
    used = [
        (sum(run.usage.cpu.get(part, 0.0) for part in parts) if parts else run.usage.of_site()) / run.usage.seconds
        for run in (sockets, polls)
    ]
    return 100 * (1 - used[0] / used[1]) if used[1] else 0.0
