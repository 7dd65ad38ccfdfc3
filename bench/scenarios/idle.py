"""`idle`: what quiet people cost."""

import asyncio

from bench.judge import Measured, judge
from bench.outcome import Condition, Outcome, Run, at_most
from bench.scenarios import fan_out
from bench.stage import Stage

FULL = Condition(sockets=10_000, rooms_of=20, rooms_each=10, rate=0, seconds=60)
QUICK = Condition(sockets=40, rooms_of=4, rooms_each=3, rate=0, seconds=1)


async def play(stage: Stage, asked: Condition) -> Outcome:
    """Measure: nobody says anything, all ping."""
    crowd = await stage.gather(fan_out.seating(asked))
    start, meter = await crowd.say([]), stage.meter()
    await asyncio.sleep(asked.seconds)
    used, (one, everyone) = meter.used(), stage.memory
    result = judge(Measured(crowd.seats, [], start, await crowd.tell(), []))
    run = Run("idle", result, used, everyone)
    a_socket = (everyone - one) / max(1, asked.sockets - 1) / 1024
    figures = {
        "memory a socket, KiB": a_socket,
        "Daphne with one socket, MiB": one / 2**20,
        "Daphne with all, MiB": everyone / 2**20,
        "CPU of one core, Daphne, %": 100 * run.share("Daphne"),
        "CPU of one core, whole site, %": 100 * used.of_site() / used.seconds,
    }
    targets = [
        at_most("memory a socket", 24, a_socket, "KiB"),
        at_most("CPU of one core", 6, 100 * run.share("Daphne"), "%"),
    ]
    return Outcome("idle", asked, [run], figures, targets)
