"""A session that ends without a word to the sockets: expired, deleted in the database, its person switched off."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from collab.live.errors import Close, Unavailable
from rooms import consumers, standing
from rooms.models import Room
from rooms.node import current
from tests.live.sockets import Connect, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def expire(key: str) -> None:
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - datetime.timedelta(seconds=1))


def delete(key: str) -> None:
    Session.objects.filter(session_key=key).delete()


def switch_off(key: str) -> None:
    User.objects.filter(handle="ada").update(is_active=False)


@pytest.fixture(autouse=True)
def _nobody_looks_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they would for a moment after the start, until the layer is there."""
    monkeypatch.setattr(standing, "EVERY", 1_000)


ENDS = [expire, delete, switch_off]


async def only_consumer() -> Any:
    """The site's side of the one socket that is open."""
    (outlet,) = (await current()).hub.sockets
    return outlet.control.__self__  # type: ignore[attr-defined]


@pytest.mark.parametrize("end", ENDS)
async def test_it_is_found_by_the_next_command_after_a_while(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch, end: Callable[[str], None]
) -> None:
    key = await sync_to_async(sign_in)(ada)
    socket = await connect(ada, session_key=key)
    await sync_to_async(end)(key)
    assert (await socket.command("ping"))["type"] == "ok"
    monkeypatch.setattr(consumers, "SESSION_CHECK", 0.0)
    await socket.send_text('{"type": "ping", "id": 99}')
    assert await socket.closed() == Close.SESSION_ENDED


@pytest.mark.parametrize("end", ENDS)
async def test_it_is_found_by_hello(connect: Connect, ada: User, room: Room, end: Callable[[str], None]) -> None:
    key = await sync_to_async(sign_in)(ada)
    socket = await connect(ada, session_key=key, hello=False)
    await sync_to_async(end)(key)
    await socket.send_text('{"type": "hello", "id": 1, "positions": {}}')
    assert await socket.closed() == Close.SESSION_ENDED


async def test_it_is_looked_for_once_a_minute(connect: Connect, ada: User, room: Room) -> None:
    key = await sync_to_async(sign_in)(ada)
    socket = await connect(ada, session_key=key)
    await sync_to_async(delete)(key)
    consumer = await only_consumer()
    consumer.checked_at -= 55
    assert (await socket.command("ping"))["type"] == "ok"
    consumer.checked_at -= 6
    await socket.send_text('{"type": "ping", "id": 99}')
    assert await socket.closed() == Close.SESSION_ENDED


async def test_one_look_a_minute_is_enough_however_much_is_said(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(ada)
    sessions = (await current()).sessions
    submit, looks = sessions.submit, []

    def count(key: str) -> Any:
        looks.append(key)
        return submit(key)

    monkeypatch.setattr(sessions, "submit", count)
    for expected in (0, 1, 2):
        for _ in range(3):
            assert (await socket.command("ping"))["type"] == "ok"
        assert len(looks) == expected
        (await only_consumer()).checked_at -= 61


async def test_with_the_database_away_the_next_look_finds_it(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await sync_to_async(sign_in)(ada)
    socket = await connect(ada, session_key=key)
    consumer = await only_consumer()

    async def away(key: str) -> bool:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(consumer.node.sessions, "submit", away)
        consumer.checked_at -= 61
        assert (await socket.command("ping"))["type"] == "ok"
        await consumer.checking
    assert (await socket.command("ping"))["type"] == "ok"
    await sync_to_async(delete)(key)
    consumer.checked_at -= 61
    await socket.send_text('{"type": "ping", "id": 99}')
    assert await socket.closed() == Close.SESSION_ENDED


async def test_one_that_stands_is_left_alone(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SESSION_CHECK", 0.0)
    socket = await connect(ada)
    for _ in range(3):
        assert (await socket.command("ping"))["type"] == "ok"
