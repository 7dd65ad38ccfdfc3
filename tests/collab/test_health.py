"""What a balancer is told."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.testing import HttpCommunicator

from accounts.models import User
from collab.live import drain
from rooms import node as rooms_node
from rooms.actions.messages import PostMessage
from rooms.models import Message, Room
from rooms.node import Node
from tests.live.waiting import until
from tests.protocol.test_leaving import locked

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(path: str) -> tuple[int, dict[str, Any]]:
    from collab.asgi import application

    answer = await HttpCommunicator(application, "GET", path, headers=[(b"host", b"10.0.0.7")]).get_response()
    return answer["status"], json.loads(answer["body"])


def said(*, ok: bool, staying: bool = True, database: bool = True, writer: bool = True) -> dict[str, bool]:
    """What a process says that has no sockets yet, and so no line to the layer."""
    return {"ok": ok, "staying": staying, "database": database, "writer": writer, "layer": False}


async def test_a_process_that_is_well_says_so_whatever_host_was_asked_for() -> None:
    assert await ask("/health/live") == (200, {"ok": True})
    assert await ask("/health/ready") == (
        200,
        said(ok=True),
    )


async def test_a_process_that_leaves_is_live_and_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "_leaving", True)
    assert (await ask("/health/live"))[0] == 200
    assert await ask("/health/ready") == (
        503,
        said(ok=False, staying=False),
    )


async def test_without_a_database_it_is_live_and_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from collab import health

    def no_database() -> None:
        raise OperationalError

    monkeypatch.setattr(health, "_ask", no_database)
    assert (await ask("/health/live"))[0] == 200
    assert await ask("/health/ready") == (
        503,
        said(ok=False, database=False),
    )


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """The node of this process."""
    yield await rooms_node.current()
    await rooms_node.stop()


async def test_where_much_waits_to_be_stored_it_is_live_and_not_ready(node: Node, ada: User, room: Room) -> None:
    def draft() -> PostMessage:
        return PostMessage(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="words")

    async with locked(room):
        asked = [node.writer.submit(draft())]
        await until(lambda: node.writer.waiting == 0)
        # Half of what may wait at all.
        asked += [node.writer.submit(draft()) for _ in range(2_500)]
        status, checks = await ask("/health/ready")
        assert (status, checks["writer"]) == (200, True)
        asked.append(node.writer.submit(draft()))
        status, checks = await ask("/health/ready")
        assert (status, checks["ok"], checks["writer"], checks["database"]) == (503, False, False, True)
        assert (await ask("/health/live"))[0] == 200
    await asyncio.gather(*asked)
    status, checks = await ask("/health/ready")
    assert (status, checks["writer"]) == (200, True)
    assert await Message.objects.acount() == len(asked)


async def test_there_is_nothing_else_there() -> None:
    assert (await ask("/health/"))[0] == 404
