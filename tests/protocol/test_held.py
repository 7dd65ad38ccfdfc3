"""A node that staff drain: it takes nobody in, says so to balancers and proxies, and serves again when told to."""

import asyncio
import http.client
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from collab.watch import fleet
from collab.watch.models import Node as NodeRow
from tests.live.waiting import until

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)


def status(node: "Node", path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def handshake(node: "Node") -> int:
    return status(
        node,
        "/ws/",
        **{
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "collab.v1",
            "Origin": node.site,
        },
    )


async def name_of(node: "Node") -> str:
    """As it has reported itself to the database of this test."""
    rows = NodeRow.objects.filter(pid=node.pid)
    while (row := await rows.afirst()) is None:  # noqa: ASYNC110 — nothing tells that a row was written.
        await asyncio.sleep(0.05)
    return row.name


async def test_a_node_that_is_drained_turns_handshakes_away_until_it_serves_again(
    enter: "Enter", node: "Node", ada: User
) -> None:
    adas = await enter(ada)
    connection = adas.client.connection
    assert connection is not None
    name, now = await name_of(node), timezone.now()
    other = {"host": "other", "port": "1", "pid": 1, "build": "b", "started_at": now, "report": {}}
    await NodeRow.objects.acreate(name="other", seen_at=now, **other)
    await sync_to_async(fleet.ask_to_drain)(name=name, wants_drain=True)
    assert await asyncio.wait_for(connection.closed(), 20) == 4100
    assert await asyncio.to_thread(handshake, node) == 503
    assert await asyncio.to_thread(status, node, "/health/ready") == 503
    # Pages are made all the same: whoever has no other node to go to is not locked out of them.
    assert await asyncio.to_thread(status, node, "/account/login/") == 200
    await sync_to_async(fleet.ask_to_drain)(name=name, wants_drain=False)
    await until(lambda: handshake(node) == 101)
    assert await asyncio.to_thread(status, node, "/health/ready") == 200
