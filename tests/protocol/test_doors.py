"""Handshake, hello and session: how a socket is let in and put out."""

import asyncio
import uuid
from typing import TYPE_CHECKING, get_args

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.commands import AnyCommand
from rooms.models import Room
from tests.live.sockets import sign_in
from tests.protocol.connection import Connection, Refused, open_socket
from tests.protocol.signin import Browser

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node


async def test_every_command_before_hello_is_refused_and_hello_still_possible(
    transactional_db: None, node: "Node", ada: User, room: Room
) -> None:
    on_a_message: dict[str, object] = {"room": room.pk, "message": 1}
    commands: dict[str, dict[str, object]] = {
        "post": {"room": room.pk, "client_id": str(uuid.uuid4()), "text": "early"},
        "edit": {**on_a_message, "text": "early"},
        "delete": on_a_message,
        "react": {**on_a_message, "emoji": "👍"},
        "unreact": {**on_a_message, "emoji": "👍"},
        "pin": on_a_message,
        "unpin": on_a_message,
        "read": {"room": room.pk, "position": 1},
        "readers": {"room": room.pk},
        "typing": {"room": room.pk},
        "fetch": {"room": room.pk, "after": 0},
        "ping": {},
        "confirm": {"positions": {}},
    }
    assert set(commands) | {"hello"} == {str(each.__struct_config__.tag) for each in get_args(AnyCommand)}
    connection = await Connection.open(node.site, await sync_to_async(sign_in)(ada), lambda frame: None)
    try:
        for kind, fields in commands.items():
            with pytest.raises(Refused) as refusal:
                await connection.command(kind, **fields)
            assert (kind, refusal.value.code) == (kind, "hello_first")
        assert (await connection.command("hello"))["type"] == "ok"
    finally:
        await connection.close()


async def test_without_hello_the_socket_closes_after_ten_seconds(
    transactional_db: None, node: "Node", ada: User
) -> None:
    began = asyncio.get_running_loop().time()
    connection = await Connection.open(node.site, await sync_to_async(sign_in)(ada), lambda frame: None)
    assert await connection.closed() == 4102
    assert 9 < asyncio.get_running_loop().time() - began < 13


@pytest.mark.parametrize(
    ("session", "origin", "subprotocols", "code"),
    [
        ("theirs", None, (), 4204),
        ("theirs", None, ("collab.v2",), 4204),
        ("theirs", "https://evil.example.org", ("collab.v1",), 4203),
        ("theirs", "null", ("collab.v1",), 4203),
        ("theirs", "", ("collab.v1",), 4203),
        (None, None, ("collab.v1",), 4201),
        ("made-up", None, ("collab.v1",), 4201),
        ('"abcdefghij\\000"', None, ("collab.v1",), 4201),
    ],
)
async def test_a_wrong_handshake_is_accepted_and_closed_with_its_code(
    transactional_db: None,
    node: "Node",
    ada: User,
    session: str | None,
    origin: str | None,
    subprotocols: tuple[str, ...],
    code: int,
) -> None:
    key = await sync_to_async(sign_in)(ada) if session == "theirs" else session
    socket = await open_socket(node.site, key, origin=origin, subprotocols=subprotocols)
    await asyncio.wait_for(socket.wait_closed(), 10)
    assert socket.close_code == code


async def test_a_session_that_ends_closes_its_open_sockets_and_the_client_stays_away(
    enter: "Enter", node: "Node", ada: User
) -> None:
    session = await sync_to_async(sign_in)(ada)
    leaving, staying = await enter(ada, session=session), await enter(ada)
    browser = Browser(node.site, {"sessionid": session})
    await asyncio.to_thread(browser.request, "GET", "/account/logout/")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    await asyncio.to_thread(browser.request, "POST", "/account/logout/", form)
    assert leaving.client.connection is not None
    assert await asyncio.wait_for(leaving.client.connection.closed(), 15) == 4202
    assert await staying.does("ping") is None
    socket = await open_socket(node.site, session)
    await asyncio.wait_for(socket.wait_closed(), 10)
    assert socket.close_code == 4201
