"""Tasks that belong together, and those that run beside."""

import asyncio

import pytest

from collab.live import tasks
from collab.live.tasks import Background, end, run_until_one_fails
from tests.live.waiting import until


class Ended:
    """Runs for ever, and remembers that it was ended."""

    def __init__(self, deaf_to: int = 0) -> None:
        self.is_ended = False
        self.is_begun = False
        #: Cancellations that it swallows, as redis-py does.
        self.deaf_to = deaf_to

    async def run(self) -> None:
        self.is_begun = True
        try:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if not self.deaf_to:
                        raise
                    self.deaf_to -= 1
        finally:
            self.is_ended = True


async def fail() -> None:
    await asyncio.sleep(0)
    raise ValueError("the first that failed")


async def come_to_an_end() -> None:
    await asyncio.sleep(0)


async def test_when_one_fails_the_others_are_ended_and_its_failure_is_told() -> None:
    other = Ended()
    with pytest.raises(ValueError, match="the first that failed"):
        await run_until_one_fails(other.run(), fail())
    assert other.is_ended


async def test_when_one_comes_to_its_end_the_others_are_ended_too() -> None:
    other = Ended()
    await run_until_one_fails(other.run(), come_to_an_end())
    assert other.is_ended


async def test_whoever_is_cancelled_ends_all() -> None:
    both = [Ended(), Ended()]
    running = asyncio.create_task(run_until_one_fails(*(each.run() for each in both)))
    await until(lambda: all(each.is_begun for each in both))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert all(each.is_ended for each in both)


async def test_one_that_swallows_its_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.001)
    deaf = Ended(deaf_to=1)
    task = asyncio.create_task(deaf.run())
    await until(lambda: deaf.is_begun)
    await end([task])
    assert deaf.is_ended


async def test_to_end_what_has_ended_or_fails_is_no_failure() -> None:
    done = asyncio.create_task(come_to_an_end())
    failing = asyncio.create_task(fail())
    await done
    await end([done, failing])
    assert failing.done()


async def test_what_runs_beside_is_held_while_it_runs_and_let_go_when_it_has_ended() -> None:
    background = Background()
    failing, running = background.run(fail()), Ended()
    task = background.run(running.run())
    await until(failing.done)
    assert isinstance(failing.exception(), ValueError)
    await until(lambda: background._tasks == {task})
    await background.end()
    assert running.is_ended
    await until(lambda: not background._tasks)
