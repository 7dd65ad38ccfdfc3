"""Sockets of the real application, as in tests/live, and staff."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.live.sockets import Connect


@pytest.fixture
async def connect(transactional_db: None) -> "AsyncIterator[Connect]":
    """Opens sockets of the real application."""
    from tests.live.sockets import opening_sockets

    async with opening_sockets() as connect:
        yield connect


@pytest.fixture
def stella(db: None) -> "User":
    """Staff; may do everything in admin."""
    from accounts.actions.people import make_staff
    from accounts.models import User

    stella = User.objects.create_user("stella@example.org", "stella-password", name="Stella", handle="stella")
    make_staff(user=stella)
    return stella
