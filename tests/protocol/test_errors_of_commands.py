"""Each command gets the errors that the page lists for it, and in no situation tried here another one."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.utils.timezone import now

from accounts.models import User
from collab.protocol.refusals import REFUSALS
from rooms.access import access_room
from rooms.actions.pins import MOST_PINS
from rooms.actions.room_settings import archive_room
from rooms.models import Message, Pin, Room
from tests.protocol.connection import Refused
from tests.protocol.node import PROJECT
from tests.protocol.program import Program

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter

#: Commands about a room, with what they carry besides it.
ABOUT_A_ROOM: dict[str, dict[str, Any]] = {
    "post": {"client_id": str(uuid.uuid4()), "text": "Hello"},
    "edit": {"message": 1, "text": "Hello"},
    "delete": {"message": 1},
    "react": {"message": 1, "emoji": "👍"},
    "unreact": {"message": 1, "emoji": "👍"},
    "pin": {"message": 1},
    "unpin": {"message": 1},
    "read": {"position": 1},
    "readers": {},
    "typing": {},
    "fetch": {"after": 0},
}
ABOUT_A_MESSAGE = [kind for kind, fields in ABOUT_A_ROOM.items() if "message" in fields]


def listed() -> dict[str, set[str]]:
    """The codes that the page names under each command."""
    page = (PROJECT / "docs/protocol.md").read_text()
    found = re.findall(r"^### `(\w+)`(?:(?!^### ).)*?^Errors of its own: ([^\n]*)\.$", page, re.MULTILINE | re.DOTALL)
    return {kind: set(re.findall(r"`(\w+)`", line)) for kind, line in found}


async def answer(program: Program, kind: str, **fields: Any) -> str:
    """What a command is answered with: `ok` or the code of its error."""
    try:
        await program.does(kind, **fields)
    except Refused as refused:
        return refused.code
    return "ok"


def test_the_page_lists_for_each_command_what_the_code_declares() -> None:
    declared = {
        str(command.__struct_config__.tag): {error.code for error in errors} for command, errors in REFUSALS.items()
    }
    assert listed() == declared


def tries(room: int, elsewhere: int, mine: int, gone: int, used: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who asks for what in a room that is open: commands that go wrong in all the ways there are."""
    for kind, fields in ABOUT_A_ROOM.items():
        yield "mallory", kind, {"room": room, **fields}
    for kind in ABOUT_A_MESSAGE:
        here = {**ABOUT_A_ROOM[kind], "room": room}
        yield from (("ada", kind, {**here, "message": message}) for message in (1, gone, 2**53))
        yield "ben", kind, {**here, "message": mine}
    for text in ("", "a" * 16_001, "NUL \x00"):
        yield "ada", "post", {**ABOUT_A_ROOM["post"], "room": room, "text": text}
        yield "ada", "edit", {"room": room, "message": mine, "text": text}
    for kind in ("react", "unreact"):
        yield from (("ada", kind, {"room": room, "message": mine, "emoji": emoji}) for emoji in ("a", "\x00"))
    yield "ada", "post", {"room": elsewhere, "client_id": used, "text": "Mine"}
    yield "ada", "read", {"room": room, "position": 2**53}
    yield "ada", "fetch", {"room": room, "after": 2**53}
    yield from (("ada", kind, {}) for kind in ("hello", "ping"))


def pin_many(user: User, room: Room) -> None:
    """As many as a room may have; what they are is of no matter."""
    said = [Message(room=room, seq=-seq, author=user, client_id=uuid.uuid4(), at=now()) for seq in range(MOST_PINS)]
    Pin.objects.bulk_create([Pin(message=each, user=user, seq=each.seq) for each in Message.objects.bulk_create(said)])


async def test_each_command_gets_all_the_errors_of_its_own_and_no_others(
    enter: "Enter", ada: User, ben: User, mallory: User, room: Room, general: Room
) -> None:
    programs = {"ada": await enter(ada), "ben": await enter(ben), "mallory": await enter(mallory)}
    adas, used = programs["ada"], uuid.uuid4()
    got: defaultdict[str, set[str]] = defaultdict(set)
    mine, gone = await adas.says(room.pk, "Mine", used), await adas.says(room.pk, "Soon gone")
    await adas.does("delete", room=room.pk, message=gone)
    for who, kind, fields in tries(room.pk, general.pk, mine, gone, str(used)):
        got[kind].add(await answer(programs[who], kind, **fields))
    await sync_to_async(pin_many)(ada, room)
    got["pin"].add(await answer(adas, "pin", room=room.pk, message=await adas.says(room.pk, "One too many")))
    await sync_to_async(lambda: archive_room(access=access_room(ada, room.pk)))()
    archived = {kind: await answer(adas, kind, room=room.pk, **fields) for kind, fields in ABOUT_A_ROOM.items()}
    for kind, code in archived.items():
        got[kind].add(code)

    # `confirm` is answered with nothing, so nobody can wait for that.
    assert {kind: answers - {"ok"} for kind, answers in got.items()} | {"confirm": set()} == listed()
    assert {kind for kind, code in archived.items() if code == "room_archived"} == {"post", *ABOUT_A_MESSAGE}


async def test_a_deleted_message_is_gone_for_whatever_is_sent_again(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    message = await adas.says(room.pk, "Hello")
    await adas.does("react", room=room.pk, message=message, emoji="👍")
    await adas.does("pin", room=room.pk, message=message)
    deleted = await adas.does("delete", room=room.pk, message=message)
    for kind in ABOUT_A_MESSAGE:
        fields = {**ABOUT_A_ROOM[kind], "message": message}
        assert (await adas.refused(kind, room=room.pk, **fields)).code == "message_not_found", kind
    assert await adas.says(room.pk, "No event stands between") == (deleted or 0) + 1


@pytest.mark.parametrize("is_away", [False, True], ids=["live", "later"])
async def test_nothing_hangs_on_a_tombstone(enter: "Enter", ada: User, ben: User, room: Room, is_away: bool) -> None:
    adas, bens = await enter(ada), None if is_away else await enter(ben)
    message = await adas.says(room.pk, "For @ben")
    await adas.does("react", room=room.pk, message=message, emoji="👍")
    await adas.does("pin", room=room.pk, message=message)
    deleted = await adas.does("delete", room=room.pk, message=message)
    assert deleted is not None
    bens = bens or await enter(ben, {room.pk: 0})
    shown = await bens.shows(room.pk, deleted)
    assert shown.messages[message].reactions == set()
    assert message not in shown.pinned
    kinds = [said["type"] for said in bens.heard if said.get("message") == message]
    assert kinds == ["reacted", "pinned", "deleted"]
    posted = await bens.hears("posted", seq=message)
    assert (posted["deleted"], bool(posted["text"]), posted["mentions"]) == (is_away, not is_away, [ben.pk])
