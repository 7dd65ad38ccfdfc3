"""A client that sends faster than its application takes."""

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest

from tests.live.waiting import until


@pytest.fixture
def protocol(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One of the tuned server's sockets, without a server. Twisted's timer is asyncio's here."""
    from collab.live import websocket

    def later(seconds: float, call: Any, *arguments: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, call, *arguments)

    monkeypatch.setattr(websocket, "call_later", later)
    made = websocket.TunedProtocol.__new__(websocket.TunedProtocol)
    made.application_queue = asyncio.Queue()
    made.transport = Mock()
    made.muted = False
    made.client_addr = ["127.0.0.1", 1]
    return made


async def test_a_socket_whose_application_is_behind_is_read_no_more_until_it_has_caught_up(protocol: Any) -> None:
    from collab.live.websocket import MOST_UNREAD

    for _ in range(MOST_UNREAD):
        protocol.onMessage(b"{}", False)
    protocol.transport.pauseProducing.assert_not_called()
    protocol.onMessage(b"{}", False)
    protocol.onMessage(b"{}", False)
    protocol.transport.pauseProducing.assert_called_once()
    protocol.transport.resumeProducing.assert_not_called()
    while protocol.application_queue.qsize() > MOST_UNREAD // 2:
        protocol.application_queue.get_nowait()
    await until(lambda: protocol.transport.resumeProducing.called)
    assert not protocol.is_paused
