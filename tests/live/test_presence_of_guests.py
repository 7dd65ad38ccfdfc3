"""A guest knows of the people they share a room with, and of nobody else: neither at hello nor later."""

from typing import Any

import pytest

from accounts.models import User
from collab.live import attendance
from rooms.access import access_room
from rooms.actions.members import add_member
from rooms.actions.room_people import add_people
from rooms.actions.rooms import create_room
from rooms.models import Role, Room, Workspace
from tests.conftest import person
from tests.live.sockets import Connect, Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendance, "COLLECT", 0.01)
    monkeypatch.setattr(attendance, "GRACE", 0)


@pytest.fixture
def office(ada: User, ben: User, cleo: User, workspace: Workspace) -> Room:
    """Ada and Cleo are in it; Ben is not."""
    made = create_room(by=workspace.memberships.get(user=ada), name="office", kind=Room.Kind.PRIVATE)
    add_people(access=access_room(ada, made.pk), people=[cleo])
    assert set(made.people.all()) == {ada, cleo}
    return made


@pytest.fixture
def dora(ada: User, workspace: Workspace) -> User:
    """A member who shares no room with Cleo."""
    dora = person("dora")
    add_member(workspace=workspace, user=dora, role=Role.MEMBER, by=ada)
    return dora


def told_of(socket: Socket) -> set[int]:
    said = [each for each in socket.heard if each["type"] == "presence"]
    return {who for each in said for who in each["online"] + each["offline"]}


async def until_told(socket: Socket, how: str, who: User) -> Any:
    return await socket.until(lambda said: said["type"] == "presence" and who.pk in said[how])


async def test_a_guest_is_told_only_of_those_they_share_a_room_with(
    connect: Connect, ada: User, ben: User, cleo: User, dora: User, office: Room
) -> None:
    hers, his = await connect(ada), await connect(ben)
    guests = await connect(cleo)
    assert guests.heard[0]["online"] == {str(office.workspace_id): sorted([ada.pk, cleo.pk])}
    await connect(dora)
    await until_told(his, "online", dora)
    await his.disconnect()
    await until_told(hers, "offline", ben)
    # What was to be said of the others has been said before this.
    await hers.disconnect()
    await until_told(guests, "offline", ada)
    again = await connect(ada)
    await until_told(guests, "online", ada)
    assert told_of(guests) - {cleo.pk} == {ada.pk}
    assert again.heard[0]["online"] == {str(office.workspace_id): sorted([ada.pk, cleo.pk, dora.pk])}


async def test_a_guest_who_shares_no_room_knows_only_of_themselves(
    connect: Connect, ada: User, ben: User, cleo: User, room: Room
) -> None:
    await connect(ada)
    await connect(ben)
    guests = await connect(cleo)
    assert guests.heard[0]["online"] == {str(room.workspace_id): [cleo.pk]}
