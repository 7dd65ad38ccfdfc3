"""Hello, while others come and go."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from collab.live import attendance
from rooms import arrival, node
from rooms.access import access_room
from rooms.actions.members import add_member
from rooms.actions.room_people import add_people, remove_person
from rooms.actions.rooms import create_room
from rooms.arrival import Arrival
from rooms.models import Role, Room, Workspace
from rooms.signals import Welcome
from tests.conftest import person
from tests.live.sockets import Connect, Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_whoever_comes_while_a_welcome_is_made_is_told_of_in_it_or_after_it(
    connect: Connect, ada: User, ben: User, room: Room, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "COLLECT", 0.05)
    dora = await sync_to_async(person)("dora")
    await sync_to_async(lambda: add_member(workspace=workspace, user=dora, role=Role.MEMBER, by=ada))()
    hers = await connect(ada)
    welcomes = (await node.current()).welcomes
    submit, has_begun, may_end = welcomes.submit, asyncio.Event(), asyncio.Event()

    async def slow(coming: Arrival) -> Welcome:
        welcome = await submit(coming)
        if coming.user == ben:
            has_begun.set()
            await may_end.wait()
        return welcome

    monkeypatch.setattr(welcomes, "submit", slow)
    his = await connect(ben, hello=False)
    hello = asyncio.create_task(his.hello())
    await has_begun.wait()
    await connect(dora)
    await hers.until(lambda said: said["type"] == "presence" and dora.pk in said["online"])
    may_end.set()
    await hello
    await his.command("ping")
    believed: set[int] = set()
    for said in his.heard:
        if said["type"] == "welcome":
            believed = set(said["online"][str(workspace.pk)])
        elif said["type"] == "presence":
            believed = (believed | set(said["online"])) - set(said["offline"])
    assert believed == {ada.pk, ben.pk, dora.pk}


Step = Callable[[], object]


@pytest.fixture
def private(ada: User, workspace: Workspace) -> Room:
    """A room of Ada's alone."""
    return create_room(by=workspace.memberships.get(user=ada), name="private", kind=Room.Kind.PRIVATE)


def bring_in(ada: User, ben: User, room: Room) -> None:
    add_people(access=access_room(ada, room.pk), people=[ben])


def put_out(ada: User, ben: User, room: Room) -> None:
    remove_person(access=access_room(ada, room.pk), user=ben)


def during(
    monkeypatch: pytest.MonkeyPatch, part: str, whose: User, *, before: Step | None = None, after: Step | None = None
) -> None:
    """Something happens just before or after a part of somebody's welcome is read, the first time."""
    read = getattr(arrival, part)
    steps = {"before": before, "after": after}

    def reading(items: Sequence[User | Arrival]) -> Any:
        is_theirs = whose in [each.user if isinstance(each, Arrival) else each for each in items]
        first, then = (steps.pop(when, None) if is_theirs else None for when in ("before", "after"))
        if first:
            first()
        result = read(items)
        if then:
            then()
        return result

    monkeypatch.setattr(arrival, part, reading)


def believed(screen: Socket) -> set[int]:
    """The rooms that a client believes to be in, after docs/protocol.md."""
    rooms: set[int] = set()
    for said in screen.heard:
        if said["type"] == "welcome":
            rooms = {state["room"] for state in said["rooms"]}
        elif said["type"] == "room_added":
            rooms.add(said["state"]["room"])
        elif said["type"] == "room_removed":
            rooms.discard(said["room"])
    return rooms


async def say(screen: Socket, room: Room) -> int:
    reply = await screen.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="for who is in")
    seq: int = reply["seq"]
    return seq


MOMENTS = [
    ("entitlements", "before"),
    ("entitlements", "after"),
    ("welcomes", "before"),
    ("welcomes", "after"),
]


@pytest.mark.parametrize(("part", "when"), MOMENTS)
async def test_whoever_is_added_during_their_hello_is_in_and_hears_the_room(
    connect: Connect, ada: User, ben: User, private: Room, monkeypatch: pytest.MonkeyPatch, part: str, when: str
) -> None:
    during(monkeypatch, part, ben, **{when: lambda: bring_in(ada, ben, private)})
    hers, his = await connect(ada), await connect(ben)
    await his.until(lambda said: private.pk in believed(his))
    seq = await say(hers, private)
    await his.until_type("posted", room=private.pk, seq=seq)
    assert his.heard[0]["type"] == "welcome"


@pytest.mark.parametrize(("part", "when"), MOMENTS)
async def test_whoever_is_removed_during_their_hello_is_out_and_hears_nothing_more(
    connect: Connect, ada: User, ben: User, private: Room, monkeypatch: pytest.MonkeyPatch, part: str, when: str
) -> None:
    await sync_to_async(bring_in)(ada, ben, private)
    during(monkeypatch, part, ben, **{when: lambda: put_out(ada, ben, private)})
    hers, his = await connect(ada), await connect(ben)
    await hers.until_type("removed", room=private.pk)
    seq = await say(hers, private)
    await hers.until_type("posted", room=private.pk, seq=seq)
    await his.command("ping")
    assert his.heard[0]["type"] == "welcome"
    assert private.pk not in believed(his)
    assert not [said for said in his.heard if said["type"] == "posted" and said["room"] == private.pk]


@pytest.mark.parametrize(("part", "when"), MOMENTS)
async def test_whoever_is_removed_and_added_again_during_their_hello_is_in(
    connect: Connect, ada: User, ben: User, private: Room, monkeypatch: pytest.MonkeyPatch, part: str, when: str
) -> None:
    await sync_to_async(bring_in)(ada, ben, private)

    def turn() -> None:
        put_out(ada, ben, private)
        bring_in(ada, ben, private)

    during(monkeypatch, part, ben, **{when: turn})
    hers, his = await connect(ada), await connect(ben)
    seq = await say(hers, private)
    await his.until_type("posted", room=private.pk, seq=seq)
    await his.command("ping")
    assert his.heard[0]["type"] == "welcome"
    assert private.pk in believed(his)


async def test_nothing_of_others_comes_before_the_welcome(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()

    def speak() -> None:
        asyncio.run_coroutine_threadsafe(hers.command("typing", room=room.pk), loop).result(10)
        asyncio.run_coroutine_threadsafe(say(hers, room), loop).result(10)

    during(monkeypatch, "welcomes", ben, after=speak)
    hers = await connect(ada)
    his = await connect(ben)
    await his.until_type("typing", room=room.pk)
    kinds = [said["type"] for said in his.heard]
    assert kinds[0] == "welcome"
    assert kinds.count("posted") == 1
