"""Whoever came into a room is told so, also where the word of it was lost on the way to their node."""

import uuid
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms import announce, comings, node
from rooms.access import access_room
from rooms.actions.room_people import add_people, remove_person
from rooms.actions.rooms import create_room
from rooms.models import Room, Workspace
from tests.live.sockets import Connect, Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def private(ada: User, workspace: Workspace) -> Room:
    """A room of Ada's alone."""
    return create_room(by=workspace.memberships.get(user=ada), name="private", kind=Room.Kind.PRIVATE)


@pytest.fixture
def unheard(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], object]:
    """Does something of which no word reaches the node."""

    def do(act: Callable[[], object]) -> object:
        with monkeypatch.context() as lost:
            lost.setattr(announce, "publish", lambda messages: None)
            return act()

    return do


def rooms_told(screen: Socket) -> list[int]:
    return [said["state"]["room"] for said in screen.heard if said["type"] == "room_added"]


async def test_a_coming_that_was_lost_on_the_way_is_looked_up_and_the_room_is_heard(
    connect: Connect, ada: User, ben: User, private: Room, unheard: Callable[[Callable[[], object]], object]
) -> None:
    hers, his = await connect(ada), await connect(ben)
    here = await node.current()
    await here.comings.check()
    await sync_to_async(unheard)(lambda: add_people(access=access_room(ada, private.pk), people=[ben]))

    await here.comings.check()

    added = await his.until_type("room_added")
    assert added["state"]["room"] == private.pk
    posted = await hers.command("post", room=private.pk, client_id=str(uuid.uuid4()), text="Welcome")
    await his.until_type("posted", room=private.pk, seq=posted["seq"])
    await here.comings.check()
    await his.command("ping")
    assert rooms_told(his) == [private.pk]


async def test_it_is_looked_up_without_being_asked(
    connect: Connect,
    ada: User,
    ben: User,
    private: Room,
    unheard: Callable[[Callable[[], object]], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comings, "CHECK", 0.01)
    monkeypatch.setattr(comings, "DEAF_CHECK", 0.01)
    his = await connect(ben)
    await (await node.current()).comings.check()
    await sync_to_async(unheard)(lambda: add_people(access=access_room(ada, private.pk), people=[ben]))

    await his.until_type("room_added")


async def test_an_error_that_nobody_foresaw_does_not_end_the_looking(
    connect: Connect, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(ben)
    here = await node.current()
    with monkeypatch.context() as broken:
        broken.setattr(comings, "_since", lambda *_: 1 / 0)
        await here.comings.check()


async def test_a_guest_says_hello_anew(
    connect: Connect, ada: User, cleo: User, private: Room, unheard: Callable[[Callable[[], object]], object]
) -> None:
    hers = await connect(cleo)
    here = await node.current()
    await here.comings.check()
    await sync_to_async(unheard)(lambda: add_people(access=access_room(ada, private.pk), people=[cleo]))

    await here.comings.check()

    assert await hers.closed() == 4100


async def test_whoever_was_told_in_time_or_has_gone_again_is_told_nothing_more(
    connect: Connect, ada: User, ben: User, private: Room, unheard: Callable[[Callable[[], object]], object]
) -> None:
    his = await connect(ben)
    here = await node.current()
    await here.comings.check()

    await sync_to_async(lambda: add_people(access=access_room(ada, private.pk), people=[ben]))()
    await his.until_type("room_added")
    await here.comings.check()
    await sync_to_async(lambda: remove_person(access=access_room(ada, private.pk), user=ben))()
    await his.until_type("room_removed")
    await here.comings.check()
    await his.command("ping")

    assert rooms_told(his) == [private.pk]
