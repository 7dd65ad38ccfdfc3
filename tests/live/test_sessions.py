"""A session that ends, before its hello, without a word to the socket: expired, deleted, its person switched off."""

import datetime
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from collab.live.errors import Close
from rooms.models import Room
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
async def test_it_is_found_by_hello(connect: Connect, ada: User, room: Room, end: Callable[[str], None]) -> None:
    key = await sync_to_async(sign_in)(ada)
    socket = await connect(ada, session_key=key, hello=False)
    await sync_to_async(end)(key)
    await socket.send_text('{"type": "hello", "id": 1, "positions": {}}')
    assert await socket.closed() == Close.SESSION_ENDED
