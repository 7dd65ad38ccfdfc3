"""What a process still does between being told to stop and stopping."""

import asyncio
import logging

import pytest

from accounts.handshake import SignIn
from accounts.models import User
from collab.live import drain
from collab.live.errors import Close
from rooms import node
from tests.live.sockets import Connect
from tests.live.waiting import PATIENCE, keeping_busy, until


@pytest.fixture(autouse=True)
def _a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "_steps", [])
    monkeypatch.setattr(drain, "_leaving", False)


async def test_all_steps_are_done_side_by_side_and_everyone_may_know_meanwhile() -> None:
    said: list[str] = []
    second_has_begun = asyncio.Event()

    async def first() -> None:
        await second_has_begun.wait()
        said.append(f"first, leaving: {drain.is_leaving()}")

    async def second() -> None:
        second_has_begun.set()
        said.append("second")

    drain.before_leaving(first)
    drain.before_leaving(second)
    assert not drain.is_leaving()
    await drain.leave()
    assert said == ["second", "first, leaving: True"]


async def test_a_step_that_fails_is_told_of_and_the_others_are_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []

    async def failing() -> None:
        raise RuntimeError("no answer")

    async def other() -> None:
        await until(lambda: "drain_step_failed" in caplog.text)
        said.append("done")

    drain.before_leaving(failing)
    drain.before_leaving(other)
    await drain.leave()
    assert said == ["done"]


async def test_nobody_waits_for_ever_for_a_step_that_does_not_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(drain, "WITHIN", 0.01)
    was_ended = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            was_ended.set()

    drain.before_leaving(hang)
    with caplog.at_level(logging.WARNING, "collab.live.drain"):
        async with asyncio.timeout(5):
            await drain.leave()
    assert was_ended.is_set()
    assert "drain_cut_short" in caplog.text


async def test_who_has_nothing_to_do_leaves_at_once() -> None:
    await drain.leave()
    assert drain.is_leaving()


@pytest.mark.django_db(transaction=True)
async def test_whoever_comes_to_a_node_that_leaves_is_sent_on_at_once(
    connect: Connect, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their connection was taken before the node was told to go; it would wait for them in vain."""
    monkeypatch.setattr(drain, "_leaving", True)
    socket = await connect(ada, hello=False)
    assert await socket.closed() == Close.GOING_AWAY
    assert not list((await node.current()).hub.sockets)


@pytest.mark.django_db(transaction=True)
async def test_a_socket_parts_as_soon_as_what_was_taken_in_before_is_answered(connect: Connect, ada: User) -> None:
    """Under load a batcher is never idle."""
    socket = await connect(ada)
    here = await node.current()
    with keeping_busy(here.sessions, SignIn("nobodys", 0, b"")):
        leaving = asyncio.create_task(here.drain())
        assert await socket.closed() == Close.GOING_AWAY
    await socket.disconnect()
    async with asyncio.timeout(PATIENCE):
        await leaving
