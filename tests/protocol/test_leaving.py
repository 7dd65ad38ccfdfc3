"""A node that is told to stop: it says goodbye, finishes what it took in, and asks everyone to come back."""

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from rooms.models import Room
from tests.protocol.connection import Lost
from tests.protocol.program import PATIENCE

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node
    from tests.protocol.program import Program

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)


async def post(program: "Program", room: Room, client_id: uuid.UUID) -> int | None:
    """Say something once; None: nobody knows what became of it."""
    assert program.client.connection is not None
    try:
        said = await program.client.connection.command("post", room=room.pk, client_id=str(client_id), text="Still")
    except Lost:
        return None
    return int(said["seq"])


async def test_a_node_that_stops_loses_nothing_and_says_when_to_come_back(
    enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    ids = [uuid.uuid4() for _ in range(60)]
    connections = [program.client.connection for program in (adas, bens)]
    sending = asyncio.gather(*(post(adas, room, client_id) for client_id in ids))
    await asyncio.sleep(0)
    stopping = asyncio.to_thread(node.stop)
    seqs, _ = await asyncio.wait_for(asyncio.gather(sending, stopping), PATIENCE)
    for program, connection in zip((adas, bens), connections, strict=True):
        assert connection is not None
        assert await connection.closed() == 4100
        assert 0 < (await program.hears("goodbye"))["delay"] <= 2
    # What it answered is kept, what it did not answer is sent again; and each is there once.
    known = {client_id: seq for client_id, seq in zip(ids, seqs, strict=True) if seq is not None}
    await asyncio.to_thread(node.start)
    for client_id in ids:
        seq = await adas.says(room.pk, "Still", client_id)
        assert known.get(client_id, seq) == seq
        known[client_id] = seq
    assert sorted(known.values()) == list(range(min(known.values()), min(known.values()) + 60))
    for program in (adas, bens):
        assert (await program.shows(room.pk, max(known.values()))).seqs == sorted(known.values())
