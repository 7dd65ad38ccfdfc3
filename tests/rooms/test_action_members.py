"""Who comes into a workspace, as what, and what going takes with it."""

import pytest

from accounts.models import User
from rooms.access import access_room, access_workspace, people_of, visible_rooms
from rooms.actions.invitations import accept, create_link
from rooms.actions.members import add_member, change_role, leave_workspace, remove_member
from rooms.actions.room_people import add_people
from rooms.arrival import entitlement
from rooms.errors import InvitationRevoked, LastOwner, NotAllowed, PersonNotFound, RoomNotFound, WorkspaceNotFound
from rooms.events import Joined, Left, Removed, RoleChanged, RoomEvent
from rooms.log import read_after
from rooms.models import Membership, Role, Room, RoomMembership, Workspace
from rooms.unread import room_states


def of(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.select_related("workspace__general", "user").get(user=user, workspace=workspace)


def last(room: Room) -> RoomEvent:
    return read_after(room.pk, 0, 1_000)[-1]


def test_a_new_member_is_in_the_general_room(ben: User, general: Room) -> None:
    event = last(general)
    assert isinstance(event, Joined)
    assert event.person.id == ben.pk


def test_a_guest_sees_only_the_rooms_they_were_put_in(
    ada: User, ben: User, cleo: User, workspace: Workspace, general: Room, room: Room
) -> None:
    guest = of(cleo, workspace)
    assert not visible_rooms(guest).exists()
    assert not people_of(guest).exists()
    with pytest.raises(RoomNotFound):
        access_room(cleo, room.pk)
    add_people(access=access_room(ada, room.pk), people=[cleo])
    assert list(visible_rooms(guest)) == [room]
    assert set(people_of(guest)) == {ada, ben, cleo}


def test_adding_someone_twice_changes_nothing(ada: User, ben: User, workspace: Workspace) -> None:
    add_member(workspace=workspace, user=ben, role=Role.ADMIN, by=ada)
    assert of(ben, workspace).role == Role.MEMBER


def test_a_new_role_stands_in_the_general_rooms_log(ada: User, ben: User, workspace: Workspace, general: Room) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    event = last(general)
    assert isinstance(event, RoleChanged)
    assert (event.person.id, event.role) == (ben.pk, "admin")


def test_a_guest_who_becomes_a_member_comes_into_the_general_room(
    ada: User, cleo: User, workspace: Workspace, general: Room
) -> None:
    change_role(by=of(ada, workspace), user=cleo, role=Role.MEMBER)
    assert access_room(cleo, general.pk).is_member


def test_a_member_who_becomes_a_guest_keeps_their_rooms_but_the_general_one(
    ada: User, ben: User, workspace: Workspace, general: Room, room: Room
) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.GUEST)
    with pytest.raises(RoomNotFound):
        access_room(ben, general.pk)
    assert access_room(ben, room.pk).is_member


@pytest.mark.parametrize("role", ["owner", "emperor"])
def test_an_admin_makes_nobody_owner_and_no_role_is_invented(
    ada: User, ben: User, cleo: User, workspace: Workspace, role: str
) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        change_role(by=of(ben, workspace), user=cleo, role=role)


def test_nobody_changes_or_removes_who_stands_above_them(
    ada: User, ben: User, cleo: User, workspace: Workspace
) -> None:
    for by in (ben, cleo):
        with pytest.raises(NotAllowed):
            change_role(by=of(by, workspace), user=ada, role=Role.GUEST)
        with pytest.raises(NotAllowed):
            remove_member(by=of(by, workspace), user=ada)


def test_an_outsider_can_neither_be_changed_nor_removed(ada: User, mallory: User, workspace: Workspace) -> None:
    with pytest.raises(PersonNotFound):
        remove_member(by=of(ada, workspace), user=mallory)


def test_the_last_owner_stays(ada: User, ben: User, workspace: Workspace) -> None:
    with pytest.raises(LastOwner):
        leave_workspace(membership=of(ada, workspace))
    with pytest.raises(LastOwner):
        change_role(by=of(ada, workspace), user=ada, role=Role.MEMBER)
    change_role(by=of(ada, workspace), user=ben, role=Role.OWNER)
    leave_workspace(membership=of(ada, workspace))
    with pytest.raises(WorkspaceNotFound):
        access_workspace(ada, workspace.slug)


def test_a_removed_member_is_out_of_every_room(
    ada: User, ben: User, workspace: Workspace, general: Room, room: Room
) -> None:
    remove_member(by=of(ada, workspace), user=ben)
    assert not RoomMembership.objects.filter(user=ben).exists()
    for each in (general, room):
        event = last(each)
        assert isinstance(event, Removed)
        assert event.person.id == ben.pk
        with pytest.raises(RoomNotFound):
            access_room(ben, each.pk)


def test_leaving_is_told_as_leaving(ben: User, workspace: Workspace, general: Room) -> None:
    leave_workspace(membership=of(ben, workspace))
    assert isinstance(last(general), Left)


def test_a_removed_admin_does_not_walk_back_in_by_their_own_invitation(
    ada: User, ben: User, workspace: Workspace
) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    link = create_link(by=of(ben, workspace), role=Role.ADMIN, days=None)
    remove_member(by=of(ada, workspace), user=ben)
    with pytest.raises(InvitationRevoked):
        accept(user=ben, token=link.token)


def test_whoever_is_out_of_the_workspace_is_told_of_none_of_its_rooms(
    ada: User, ben: User, workspace: Workspace
) -> None:
    """Also where they came into a room at the very moment in which they were put out."""
    of(ben, workspace).delete()
    assert RoomMembership.objects.filter(user=ben).exists()
    assert room_states(ben) == []
    assert entitlement(ben).rooms == ()
