"""What is refused for its form: frames, shapes, texts."""

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.models import Room
from tests.live.sockets import sign_in
from tests.protocol.connection import Connection, Refused
from tests.protocol.program import PATIENCE

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node

FRAME = 64 * 1024


def post(room: int, text: str = "Hello") -> dict[str, Any]:
    return {"type": "post", "id": 2, "room": room, "client_id": str(uuid.uuid4()), "text": text}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "42",
        '"hello"',
        "{}",
        '{"type": "ping"}',
        '{"id": 1}',
        '{"type": "ping", "id": "1"}',
        '{"type": "ping", "id": 1.5}',
        '{"type": "ping", "id": 1.0}',
        '{"type": "ping", "id": 1e3}',
        '{"type": "ping", "id": -1}',
        '{"type": "ping", "id": 9007199254740993}',
        '{"type": "ping", "id": null}',
        '{"type": "dance", "id": 1}',
        '{"type": null, "id": 1}',
        '{"type": ["ping"], "id": 1}',
        '{"type": "ping", "id": 1, "loud": true}',
        '{"type": "read", "id": 1, "room": 1}',
        '{"type": "read", "id": 1, "room": "1", "position": 1}',
        '{"type": "read", "id": 1, "room": true, "position": 1}',
        '{"type": "post", "id": 1, "room": 1, "client_id": "not-a-uuid", "text": "Hello"}',
        '{"type": "hello", "id": 1, "positions": {"seven": 1}}',
        '{"type": "hello", "id": 1, "positions": {"7": "1"}}',
        '{"type": "hello", "id": 1, "since": "yesterday"}',
        '{"type": "hello", "id": 1, "since": "2026-11-24T09:41:07"}',
        '{"type": "ping", "id": 1} {"type": "ping", "id": 2}',
        "[" * 30_000,
        '{"type": "ping", "id": 1, "a": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"id": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"a": ' + "[" * 5_000 + "]" * 5_000 + ', "id": 1}',
        '{"type": "ping", "id": ' + "9" * 5_000 + "}",
    ],
    ids=lambda text: text[:40] or "nothing",
)
async def test_what_is_no_command_is_malformed_and_the_socket_stays_open(enter: "Enter", ada: User, text: str) -> None:
    adas = await enter(ada)
    said = await adas.raw(text)
    assert (said["code"], said["retry_after"]) == ("malformed", None)
    assert await adas.does("ping") is None


async def test_a_malformed_command_is_answered_with_its_id_where_it_can_be_read(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)
    for text, id_ in (
        ('{"type": "dance", "id": 771}', 771),
        ('{"type": "ping", "id": 772, "loud": true}', 772),
        ('{"id": 773}', 773),
        ('{"type": "ping", "id": "774"}', None),
        ("{", None),
    ):
        assert (await adas.raw(text))["id"] == id_, text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \n\t\u2003", "text_empty"),
        ("a" * 16_001, "text_too_long"),
        ("NUL \x00", "text_invalid"),
    ],
    ids=["nothing", "white space", "too long", "NUL"],
)
async def test_text_that_cannot_stand_is_refused(enter: "Enter", ada: User, room: Room, text: str, code: str) -> None:
    adas = await enter(ada)
    message = await adas.says(room.pk, "Stands")
    refusal = await adas.refused("post", room=room.pk, client_id=str(uuid.uuid4()), text=text)
    assert (refusal.code, refusal.retry_after) == (code, None)
    assert (await adas.refused("edit", room=room.pk, message=message, text=text)).code == code
    assert await adas.says(room.pk, "Next") == message + 1


async def test_a_lone_surrogate_is_invalid_text(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    said = await adas.raw(json.dumps(post(room.pk, "Half \ud83d")))
    assert said["code"] == "text_invalid"


async def test_the_longest_text_is_accepted_whatever_its_characters(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    for character in ("a", "é", "字", "🎉"):
        seq = await adas.says(room.pk, character * 16_000)
        assert (await adas.hears("posted", seq=seq))["text"] == character * 16_000


async def test_a_frame_over_64_kib_is_refused_and_one_of_64_kib_is_not(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)
    fits = json.dumps({"type": "dance", "id": 1})
    assert (await adas.raw(fits.ljust(FRAME)))["code"] == "malformed"
    assert (await adas.raw(fits.ljust(FRAME + 1)))["code"] == "frame_too_large"
    assert (await adas.raw(fits.ljust(10 * FRAME)))["code"] == "frame_too_large"
    assert await adas.does("ping") is None


async def test_a_frame_over_one_mib_ends_the_socket_and_one_of_one_mib_does_not(
    transactional_db: None, node: "Node", ada: User
) -> None:
    session = await sync_to_async(sign_in)(ada)
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    connection = await Connection.open(node.site, session, said.put_nowait)
    await connection.send('{"type": "ping", "id": 1}'.ljust(16 * FRAME))
    assert (await asyncio.wait_for(said.get(), PATIENCE))["code"] == "frame_too_large"
    await connection.send('{"type": "ping", "id": 2}'.ljust(16 * FRAME + 1))
    assert await asyncio.wait_for(connection.closed(), PATIENCE) in {1006, 1009}
    assert said.empty()


async def test_an_id_may_be_any_whole_number_up_to_2_to_the_53(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)
    for number in (0, 2**53):
        assert adas.client.connection is not None
        await adas.client.connection.send(json.dumps({"type": "ping", "id": number}))
        await adas.hears("ok", id=number)


async def test_a_client_id_comes_back_in_lower_case_with_hyphens(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    client_id = uuid.uuid4()
    seqs = {
        await adas.does("post", room=room.pk, client_id=written, text="Once")
        for written in (str(client_id).upper(), client_id.hex, str(client_id))
    }
    assert len(seqs) == 1
    assert (await adas.hears("posted", seq=seqs.pop()))["client_id"] == str(client_id)


async def test_a_binary_frame_is_refused(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)
    assert (await adas.raw(b'{"type": "ping", "id": 1}'))["code"] == "binary_frame"
    assert await adas.does("ping") is None


async def test_a_flood_is_told_to_slow_down_and_the_socket_stays_open(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)

    async def ping() -> Refused | None:
        try:
            await adas.does("ping")
        except Refused as refused:
            return refused
        return None

    began = asyncio.get_running_loop().time()
    refusals = [refused for refused in await asyncio.gather(*(ping() for _ in range(500))) if refused is not None]
    # 200 at once, hello among them, and 20 more for each second that it took.
    given_back = 20 * (asyncio.get_running_loop().time() - began + 1)
    assert 301 - given_back <= len(refusals) <= 301
    assert {(refused.code, refused.retry_after) for refused in refusals} == {("too_fast", 1.0)}
    while await ping() is not None:  # noqa: ASYNC110 — nothing tells that there is an allowance again.
        # Each refusal says to come back in a second; one that is let through is what is waited for.
        await asyncio.sleep(0.02)
    assert adas.client.connection is not None
    assert adas.client.connection.socket.close_code is None
