"""The one door through which anything reaches sockets."""

import asyncio
from collections.abc import Sequence
from itertools import groupby

from asgiref.sync import async_to_sync

from collab.live.hub import Hub
from collab.live.layer import send_once
from collab.live.messages import Message

_hub: Hub | None = None
_loop: asyncio.AbstractEventLoop | None = None


def attach(hub: Hub | None) -> None:
    """Make this the hub of the process; call it on the loop the hub runs on. None: there is none any more."""
    global _hub, _loop  # noqa: PLW0603 — a process has one.
    _hub = hub
    _loop = asyncio.get_running_loop() if hub else None


def publish(messages: Sequence[Message]) -> None:
    """Send messages to the sockets of all nodes. Call it after the commit, from any thread.

    It never waits for the channel layer in a process that has sockets, and never fails: the log is the truth.
    """
    if not messages:
        return
    if _hub is not None and _loop is not None:
        _loop.call_soon_threadsafe(_hub.publish, messages)
    else:
        _publish_from_outside(messages)


def control(*, topic: str, kind: str, argument: str) -> None:
    """Say a word to the consumers of a topic's sockets."""
    publish([Message(topic=topic, control=(kind, argument))])


def _publish_from_outside(messages: Sequence[Message]) -> None:
    """Publish from a process without sockets: a worker, a command."""
    batches = [(topic, list(batch)) for topic, batch in groupby(messages, key=lambda message: message.topic)]
    async_to_sync(send_once)(batches)
