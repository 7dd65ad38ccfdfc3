"""A node that is told to stop: it says goodbye, finishes what it took in, and asks everyone to come back."""

import asyncio
import contextlib
import threading
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from accounts.models import User
from rooms.models import Room
from tests.live.test_conformance import answers
from tests.live.waiting import until
from tests.protocol.program import PATIENCE

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)


@contextlib.asynccontextmanager
async def locked(room: Room) -> AsyncIterator[None]:
    """Nobody can write in the room meanwhile."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Room.objects.select_for_update().get(pk=room.pk)
                is_held.set()
                assert may_go.wait(PATIENCE)
        finally:
            connection.close()

    holding = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(is_held.wait, PATIENCE)
    try:
        yield
    finally:
        may_go.set()
        await holding


async def test_a_node_that_stops_answers_what_it_took_in_and_says_when_to_come_back(
    enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    ids = [uuid.uuid4() for _ in range(60)]
    connections = [program.client.connection for program in (adas, bens)]
    async with locked(room):
        sending = [
            asyncio.create_task(adas.does("post", room=room.pk, client_id=str(client_id), text="Still"))
            for client_id in ids
        ]
        await asyncio.sleep(0)
        # What was sent before it has been taken in, and waits for the room.
        await adas.does("ping")
        stopping = asyncio.create_task(asyncio.to_thread(node.stop))
        for program in (adas, bens):
            assert 0 < (await program.hears("goodbye"))["delay"] <= 2
        # A balancer finds nobody here any more and takes people elsewhere.
        await until(lambda: not answers(node.port))
    seqs = [seq for seq in await asyncio.gather(*sending) if seq is not None]
    assert seqs == list(range(seqs[0], seqs[0] + 60))
    for each in connections:
        assert each is not None
        assert await asyncio.wait_for(each.closed(), PATIENCE) == 4100
    await stopping
    await asyncio.to_thread(node.start)
    assert [await adas.says(room.pk, "Still", client_id) for client_id in ids] == seqs
    for program in (adas, bens):
        assert (await program.shows(room.pk, seqs[-1])).seqs == seqs
