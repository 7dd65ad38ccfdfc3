"""The node's link to the channel layer: one channel, added to the group of each topic that has a socket here."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import BaseChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

#: Seconds before the layer is asked again after it failed.
RETRY = 1.0


def configured_layer() -> BaseChannelLayer:
    """The settings' channel layer. Raises RuntimeError where they name none."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS has no default layer")
    return layer


class LayerLink:
    """Receives for this node and publishes to the others. A layer that is away never stops the caller.

    Args:
        layer: the channel layer; its pub/sub kind is meant.
        on_body: is called with each body that arrives.
    """

    def __init__(self, layer: BaseChannelLayer, on_body: Callable[[bytes], None]) -> None:
        self._layer: Any = layer
        self._on_body = on_body
        self._channel = ""
        self._wanted: set[str] = set()
        self._receiver: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to receive."""
        self._receiver = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        """Receive no more."""
        while self._receiver is not None and not self._receiver.done():
            # Once is not enough: redis-py swallows a cancellation that meets it while connecting.
            self._receiver.cancel()
            await asyncio.wait([self._receiver], timeout=0.2)
        await self._layer.flush()

    async def add(self, topic: str) -> None:
        """Hear a topic. With the layer away it is heard as soon as the layer is back."""
        self._wanted.add(topic)
        await self._try(self._subscribe(topic))

    async def discard(self, topic: str) -> None:
        """Hear a topic no more."""
        self._wanted.discard(topic)
        if self._channel:
            await self._try(self._layer.group_discard(topic, self._channel))

    async def publish(self, topic: str, body: bytes) -> None:
        """Send a body to every node that hears the topic, this one too."""
        await self._try(self._layer.group_send(topic, {"type": "live", "body": body}))

    async def _subscribe(self, topic: str) -> None:
        if self._channel:
            await self._layer.group_add(topic, self._channel)

    async def _receive(self) -> None:
        while True:
            try:
                await self._open()
                while True:
                    message = await self._layer.receive(self._channel)
                    self._on_body(message["body"])
            except Exception:
                # Whatever the layer raises, a node must go on listening.
                logger.exception("The channel layer failed; asking it again in %s s", RETRY)
                await asyncio.sleep(RETRY)

    async def _open(self) -> None:
        self._channel = await self._layer.new_channel()
        for topic in list(self._wanted):
            await self._layer.group_add(topic, self._channel)

    async def _try(self, call: Any) -> None:
        try:
            await call
        except Exception as error:  # noqa: BLE001 — redis-py raises a dozen kinds; the log makes up for any of them.
            logger.warning("The channel layer is away (%s); the log will make up for it", error)
