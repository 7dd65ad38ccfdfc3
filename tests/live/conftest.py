"""Sockets for tests of the live engine."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.live.sockets import Connect


@pytest.fixture
async def connect(transactional_db: None) -> "AsyncIterator[Connect]":
    """Opens sockets of the real application."""
    from tests.live.sockets import opening_sockets

    async with opening_sockets() as connect:
        yield connect
