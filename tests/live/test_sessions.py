"""A session that ends without a word to the sockets: expired, deleted in the database, its person switched off."""

import datetime
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from collab.live.errors import Close
from rooms import consumers
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


ENDS = [expire, delete, switch_off]


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
    (outlet,) = (await current()).hub.outlets
    consumer = outlet.control.__self__  # type: ignore[attr-defined]
    consumer.checked_at -= 55
    assert (await socket.command("ping"))["type"] == "ok"
    consumer.checked_at -= 6
    await socket.send_text('{"type": "ping", "id": 99}')
    assert await socket.closed() == Close.SESSION_ENDED


async def test_one_that_stands_is_left_alone(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SESSION_CHECK", 0.0)
    socket = await connect(ada)
    for _ in range(3):
        assert (await socket.command("ping"))["type"] == "ok"
