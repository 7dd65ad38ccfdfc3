"""`burst`: the highest rate of accepted messages that one process holds."""

from collections.abc import Sequence

from bench.outcome import Condition, Outcome, Run, at_least
from bench.plan import sayings
from bench.program import say
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=1_000, rooms_of=2, rate=5_000, seconds=10, step=500)
QUICK = Condition(sockets=40, rooms_of=2, rate=60, seconds=1, step=30)
#: Milliseconds that p99 must stay below, to the answer and to the screens, and the generator's lateness, too.
HELD_BELOW = 50.0
#: How often the interval between what was held and what was not is halved.
HALVINGS = 2
#: A rate that is not held is tried again: a busy moment of the machine is no limit of the site's.
TRIES = 2


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure, step by step."""
    await stage.gather(fan_out.seating(asked))
    seats = await stage.seat(fan_out.seating(asked))
    runs: list[Run] = []
    tried: list[tuple[int, bool]] = []
    while (rate := next_rate(tried, asked.step, asked.rate)) is not None:
        say(f"Saying {rate:,} messages a second for {asked.seconds} s.")
        run, _ = await stage.measure(f"{rate:,}/s", list(sayings(seats, rate, asked.seconds)))
        runs.append(run)
        tried.append((rate, is_held(run)))
        await stage.rest()
    held = highest(tried)
    return Outcome("burst", asked, runs, {"held, messages/s": held}, [at_least("accepted", 2_000, held, "/s")])


def is_held(run: Run) -> bool:
    """Everything was accepted and shown, within the time, and the load itself was not late."""
    result = run.result
    slowest = max(result.to_answers.p99, result.to_screens.p99, result.lateness.p99)
    return result.is_clean and slowest < HELD_BELOW


def highest(tried: Sequence[tuple[int, bool]]) -> int:
    """The highest rate that was held; 0 where none was."""
    return max((rate for rate, held in tried if held), default=0)


def next_rate(tried: Sequence[tuple[int, bool]], step: int, most: int) -> int | None:
    """The rate to try next; None where enough is known.

    Args:
        tried: rates and whether they were held, in the order in which they were tried.
        step: of the rates, until one is not held.
        most: the highest rate that is tried.
    """
    if tried and not tried[-1][1] and [rate for rate, _ in tried].count(tried[-1][0]) < TRIES:
        return tried[-1][0]
    held, failed = highest(tried), [rate for rate, is_held in tried if not is_held]
    lost = min((rate for rate in failed if rate > held), default=0)
    if not lost:
        return held + step if held + step <= most else None
    between = (held + lost) // 2
    return between if lost - held > step >> HALVINGS and between > held else None
