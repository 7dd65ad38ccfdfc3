"""What a node holds, as it says when it is asked."""

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from collab.live.gauges import told
from rooms.models import Room
from tests.live.waiting import PATIENCE, until

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)


async def gauges(node: "Node") -> dict[str, int]:
    """Ask the node."""
    before = len(_said(node))
    assert node._process is not None
    node._process.send_signal(signal.SIGUSR1)
    await until(lambda: len(_said(node)) > before)
    return _said(node)[-1]


def _said(node: "Node") -> list[dict[str, int]]:
    """What its whole lines tell."""
    return list(filter(None, map(told, node.log().split("\n")[:-1])))


async def test_a_node_says_what_it_holds_and_holds_nothing_of_who_has_gone(
    enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    said = await adas.says(room.pk, "Who is here?")
    await bens.shows(room.pk, said)
    here = await gauges(node)
    assert here["hub.sockets"] == here["allowances.sockets"] == 2
    assert here["attendance.connections"] == here["attendance.watchers"] == 2
    assert here["hub.topics"] == 5
    # Besides these each node hears the others on a topic of their own.
    assert here["layer.wanted"] == 5 + 1
    assert here["hub.subscriptions"] == 2 * 4
    assert here["server.connections"] >= 2
    assert here["server.files"] > 0

    await adas.client.stop()
    await bens.client.stop()
    left = ("server.connections", "hub.sockets", "hub.topics", "attendance.crowds", "allowances.sockets")
    async with asyncio.timeout(PATIENCE):
        while any(map((here := await gauges(node)).get, left)) or here["layer.heard"] != 1:
            pass
