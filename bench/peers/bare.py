"""Collab's engine and nothing else, as an ASGI application: hub, layer, direct frames; no sign-in, no store.

    REDIS_URL=… python -m collab.live.server bench.peers.bare:application

A socket is on the topic that its path names. What it says goes as it is through the door that everything published
goes through, so to this node's sockets and over the layer to other nodes.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from collab.live import publish, redis_address
from collab.live.direct import EXTENSION
from collab.live.hub import Hub
from collab.live.layer import new_layer
from collab.live.messages import Message
from collab.live.outlets import SocketOutlet, nobody

settings.configure(
    CHANNEL_LAYERS={
        "default": {"CONFIG": {"hosts": [redis_address.layer_host(os.environ["REDIS_URL"])], "prefix": "bare"}}
    }
)


class NoLog:
    """Nothing is stored."""

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        """None has one."""
        return {}

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        """There is nothing."""
        return []


_hubs: list[Hub] = []


def node_hub() -> Hub:
    """The hub of this process, started by the first socket, on its loop."""
    if not _hubs:
        _hubs.append(Hub(new_layer, NoLog()))
        _hubs[0].start()
        publish.attach(_hubs[0])
    return _hubs[0]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One socket, from handshake to disconnect."""
    hub, topic = node_hub(), scope["path"]
    outlet: SocketOutlet = scope["extensions"][EXTENSION](0, nobody)
    hub.sockets.add(outlet)
    try:
        # On its topic before it is told that it is open: whoever is told may be spoken to.
        await hub.listen(outlet, [topic])
        await send({"type": "websocket.accept"})
        hub.go_live(outlet, [topic])
        await serve(topic, receive)
    finally:
        outlet.stop()
        hub.close(outlet)


async def serve(topic: str, receive: Any) -> None:
    """Publish what the socket says until it is gone."""
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.receive":
            publish.publish([Message(topic=topic, payload=message["text"].encode())])
