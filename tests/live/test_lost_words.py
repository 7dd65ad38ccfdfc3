"""What a person may hear changes, and the word of it to their sockets is lost: the event of it is enough."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms import announce
from rooms.access import access_room
from rooms.actions.members import change_role, remove_member
from rooms.actions.room_people import add_people, leave_room, remove_person
from rooms.models import Membership, Role, Room, Workspace
from tests.live.sockets import Connect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lost")]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """No control word reaches a node."""
    monkeypatch.setattr(announce, "control", lambda **word: None)


@pytest.fixture
def admin(ada: User, workspace: Workspace) -> Membership:
    return workspace.memberships.get(user=ada)


async def carried_out(act: Callable[[], object]) -> None:
    await sync_to_async(act)()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.GUEST])
async def test_whoever_has_another_role_says_hello_anew(
    connect: Connect, admin: Membership, ben: User, role: Role
) -> None:
    his = await connect(ben)
    await carried_out(lambda: change_role(by=admin, user=ben, role=role))
    assert await his.closed() == 4100


async def test_only_they_do_and_only_once(
    connect: Connect, admin: Membership, ada: User, ben: User, workspace: Workspace
) -> None:
    hers = await connect(ada)
    await carried_out(lambda: change_role(by=admin, user=ben, role=Role.ADMIN))
    await hers.until_type("role_changed")
    his = await connect(ben, hello=False)
    await his.hello(positions={workspace.general_id: 1})
    await his.until_type("role_changed")
    for screen in (hers, his):
        assert (await screen.command("ping"))["type"] == "ok"


async def test_whoever_is_out_of_the_workspace_hears_nothing_of_it_any_more(
    connect: Connect, admin: Membership, ben: User, room: Room
) -> None:
    his = await connect(ben)
    await carried_out(lambda: remove_member(by=admin, user=ben))
    assert await his.closed() == 4100
    welcome = await (await connect(ben, hello=False)).hello()
    assert welcome["rooms"] == []
    assert welcome["online"] == {}


async def test_a_guest_who_is_out_of_a_room_is_told_of_its_people_no_more(
    connect: Connect, admin: Membership, ada: User, cleo: User, room: Room
) -> None:
    def bring() -> None:
        add_people(access=access_room(ada, room.pk), people=[cleo])

    await carried_out(bring)
    hers = await connect(cleo)
    await carried_out(lambda: remove_person(access=access_room(ada, room.pk), user=cleo))
    assert await hers.closed() == 4100


async def test_a_member_who_leaves_a_room_goes_on(connect: Connect, ada: User, ben: User, room: Room) -> None:
    his = await connect(ben)
    await carried_out(lambda: leave_room(access=access_room(ben, room.pk)))
    await his.until_type("room_removed")
    assert (await his.command("ping"))["type"] == "ok"
    await (await connect(ada)).command("ping")
    assert (await his.command("ping"))["type"] == "ok"
