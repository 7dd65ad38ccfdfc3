"""What a socket's application has still to receive: in order, once, also where it gave up waiting in between."""

import asyncio

import pytest

from collab.live.inbox import Inbox


async def test_messages_are_received_in_the_order_in_which_they_came() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.put_nowait(number)
    assert inbox.qsize() == 3
    assert [await inbox.get() for _ in range(3)] == [0, 1, 2]
    assert inbox.qsize() == 0


async def test_whoever_waits_gets_what_comes_and_nothing_is_lost_on_who_gave_up() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("first")
    inbox.put_nowait("second")
    assert await waiting == "first"
    assert await inbox.get() == "second"
    given_up = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("third")
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert await inbox.get() == "third"
