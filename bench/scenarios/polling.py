"""`polling`: the same messages to people on sockets, and to people who ask every two seconds."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.judge import Measured
from bench.outcome import Condition, Outcome, Run, at_least
from bench.plan import Seat, sayings
from bench.scenarios import fan_out
from bench.stage import Stage

#: In each room one talks, on a socket each time, and all others listen.
FULL = Condition(sockets=1_050, rooms_of=21, workspace_of=0, rate=10, seconds=60)
QUICK = Condition(sockets=40, rooms_of=4, workspace_of=0, rate=10, seconds=1, every=0.5)
#: People who poll. A thousand would ask 500 times a second, which is more than one process answers: what it cannot
#: answer costs it nothing. So fewer ask, and what their polls cost is multiplied.
POLLERS = 100


class Costs(NamedTuple):
    """CPU, as a share of one core: with listeners on sockets, with none, and with some who poll."""

    sockets: float
    nobody: float
    polls: float

    def of_all_polling(self, times: float) -> float:
        """If so many times as many polled."""
        return self.nobody + times * (self.polls - self.nobody)

    def less(self, times: float) -> float:
        """Percent by which it is less on sockets than if so many times as many polled."""
        polling = self.of_all_polling(times)
        return 100 * (1 - self.sockets / polling) if polling > 0 else 0.0


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure with everybody on sockets, with those alone who talk, and with some who poll."""
    seats = await stage.seat(fan_out.seating(asked))
    talkers = seats[:: asked.rooms_of]
    listeners = [seat for number, seat in enumerate(seats) if number % asked.rooms_of]
    pollers = listeners[:POLLERS]
    sockets, _ = await _listen("on sockets", stage, asked, talkers, listeners)
    nobody, _ = await _listen("nobody listens", stage, asked, talkers, [])
    polls, measured = await _poll(stage, asked, talkers, pollers)
    times = len(listeners) / len(pollers)
    daphne, whole = costs("Daphne", sockets, nobody, polls), costs("", sockets, nobody, polls)
    answered = sum(part.polls for part in measured.parts)
    figures = {
        "people who polled": float(len(pollers)),
        "answered polls": float(answered),
        "polls left out or not answered": float(sum(part.polls_left_out for part in measured.parts)),
        "CPU a poll, whole site, ms": 1000 * (whole.polls - whole.nobody) * polls.usage.seconds / max(1, answered),
        "CPU of one core on sockets, whole site, %": 100 * whole.sockets,
        "CPU of one core if all polled, whole site, %": 100 * whole.of_all_polling(times),
        "less CPU, Daphne, %": daphne.less(times),
        "less CPU, whole site, %": whole.less(times),
    }
    targets = [at_least("less CPU", 95, whole.less(times), "%")]
    return Outcome("polling", asked, [sockets, nobody, polls], figures, targets)


def costs(part: str, *runs: Run) -> Costs:
    """Of a part; of the whole site, where none is named."""
    return Costs(*(run.share(part) if part else run.usage.of_site() / run.usage.seconds for run in runs))


async def _listen(
    name: str, stage: Stage, asked: Condition, talkers: Sequence[Seat], listeners: Sequence[Seat]
) -> tuple[Run, Measured]:
    crowd = await stage.enter([*talkers, *listeners])
    await crowd.open()
    await stage.rest()
    return await _talk(name, stage, asked, crowd.seats, len(talkers))


async def _poll(
    stage: Stage, asked: Condition, talkers: Sequence[Seat], pollers: Sequence[Seat]
) -> tuple[Run, Measured]:
    crowd = await stage.enter([*talkers, *pollers])
    await crowd.poll(range(len(talkers), len(crowd.seats)), asked.every)
    await crowd.open()
    return await _talk("with polls", stage, asked, crowd.seats, len(talkers))


async def _talk(name: str, stage: Stage, asked: Condition, seats: Sequence[Seat], talkers: int) -> tuple[Run, Measured]:
    plan = sayings(seats, asked.rate, asked.seconds, talkers=range(talkers))
    return await stage.measure(name, list(plan))
