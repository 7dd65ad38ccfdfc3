"""Sockets for tests of the live engine."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.live.sockets import Connect
    from tests.live.valkeys import FrailValkey


@pytest.fixture
async def connect(transactional_db: None) -> "AsyncIterator[Connect]":
    """Opens sockets of the real application."""
    from tests.live.sockets import opening_sockets

    async with opening_sockets() as connect:
        yield connect


@pytest.fixture
def valkey() -> "Iterator[FrailValkey]":
    """A Valkey of the test's own, to be killed, hung and cut."""
    from tests.live.valkeys import frail_valkey

    with frail_valkey() as valkey:
        yield valkey


@pytest.fixture
def quick_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of the channel layer notice and try again in the same order, sooner."""
    from collab.live import layer, line

    monkeypatch.setattr(layer, "RETRY", 0.05)
    monkeypatch.setattr(line, "CANARY", 0.05)
    monkeypatch.setattr(line, "WITHIN", 0.5)
