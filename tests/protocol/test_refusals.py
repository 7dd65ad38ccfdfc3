"""What is refused for what it asks: rooms, messages, emoji, client ids, positions."""

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.access import access_room
from rooms.actions.room_settings import archive_room
from rooms.models import Room

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter


async def test_a_room_one_is_not_in_looks_like_none(enter: "Enter", ada: User, mallory: User, room: Room) -> None:
    mallorys = await enter(mallory)
    kinds: dict[str, dict[str, Any]] = {
        "post": {"client_id": str(uuid.uuid4()), "text": "Hello"},
        "edit": {"message": 1, "text": "Hello"},
        "react": {"message": 1, "emoji": "👍"},
        "unreact": {"message": 1, "emoji": "👍"},
        "pin": {"message": 1},
        "unpin": {"message": 1},
        "read": {"position": 1},
        "readers": {},
        "typing": {},
        "fetch": {"after": 0},
    }
    for kind, fields in kinds.items():
        secret = (await mallorys.refused(kind, room=room.pk, **fields)).frame
        absent = (await mallorys.refused(kind, room=2**31, **fields)).frame
        assert secret["code"] == "room_not_found", kind
        assert {**secret, "id": 0} == {**absent, "id": 0}, kind


async def test_delete_does_not_tell_that_a_room_exists(enter: "Enter", ada: User, mallory: User, room: Room) -> None:
    mallorys = await enter(mallory)
    for message in (1, await (await enter(ada)).says(room.pk, "Secret")):
        for number in (2**31, room.pk):
            assert (await mallorys.refused("delete", room=number, message=message)).code == "room_not_found", number


async def test_ids_that_no_room_or_message_has_are_not_found(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    for number in (0, 2**31, 2**53 - 1):
        assert (await adas.refused("typing", room=number)).code == "room_not_found", number
        assert (await adas.refused("pin", room=room.pk, message=number)).code == "message_not_found", number
    assert (await adas.refused("pin", room=room.pk, message=1)).code == "message_not_found"


async def test_an_archived_room_can_be_read_but_not_changed(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    adas, bens = await enter(ada), await enter(ben)
    message = await adas.says(room.pk, "Last words")
    seq = await sync_to_async(lambda: archive_room(access=access_room(ada, room.pk)))()
    assert (await bens.hears("archived", room=room.pk))["seq"] == seq
    here: dict[str, Any] = {"room": room.pk, "message": message}
    for kind, fields in (
        ("post", {"room": room.pk, "client_id": str(uuid.uuid4()), "text": "More"}),
        ("edit", {**here, "text": "More"}),
        ("delete", here),
        ("react", {**here, "emoji": "👍"}),
        ("unreact", {**here, "emoji": "👍"}),
        ("pin", here),
        ("unpin", here),
    ):
        assert (await adas.refused(kind, **fields)).code == "room_archived", kind
    assert await adas.does("read", room=room.pk, position=message) is None
    assert await adas.does("fetch", room=room.pk, after=0) is None


async def test_only_the_author_edits_and_only_they_owners_and_admins_delete(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    adas_message, bens_message = await adas.says(room.pk, "Mine"), await bens.says(room.pk, "Ben's")
    for program, message in ((adas, bens_message), (bens, adas_message)):
        assert (await program.refused("edit", room=room.pk, message=message, text="Not mine")).code == "not_yours"
    assert (await bens.refused("delete", room=room.pk, message=adas_message)).code == "not_yours"
    assert await adas.does("delete", room=room.pk, message=bens_message) is not None


@pytest.mark.parametrize("emoji", ["", "a", "👍👍", ":tada:", "👍 ", "\x00"])
async def test_what_is_not_one_emoji_is_unknown(enter: "Enter", ada: User, room: Room, emoji: str) -> None:
    adas = await enter(ada)
    message = await adas.says(room.pk, "React to me")
    assert (await adas.refused("react", room=room.pk, message=message, emoji=emoji)).code == "emoji_unknown"


async def test_a_client_id_is_for_one_text_in_one_room(
    enter: "Enter", ada: User, ben: User, general: Room, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    client_id = uuid.uuid4()
    seq = await adas.says(room.pk, "Once", client_id)
    assert await adas.says(room.pk, "Once", client_id) == seq
    for where, text in ((room.pk, "Twice"), (general.pk, "Once")):
        refusal = await adas.refused("post", room=where, client_id=str(client_id), text=text)
        assert (refusal.code, refusal.retry_after) == ("client_id_reused", None)
    assert await bens.says(room.pk, "Another person's", client_id) == seq + 1


async def test_nobody_reads_beyond_the_head(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    head = await adas.says(room.pk, "The newest")
    assert (await adas.refused("read", room=room.pk, position=head + 1)).code == "position_beyond_head"
