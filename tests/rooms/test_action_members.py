"""Who comes into a workspace, as what, and what going takes with it."""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.actions.people import deactivate, reactivate
from accounts.models import User
from rooms.access import access_room, access_workspace, people_of, visible_rooms
from rooms.actions.invitations import accept, create_link, invite_by_mail, revoke
from rooms.actions.members import add_member, appoint_owner, change_role, leave_workspace, remove_member
from rooms.actions.room_people import add_people, join_room
from rooms.actions.rooms import create_room, open_direct
from rooms.actions.workspaces import rename_workspace
from rooms.arrival import entitlements
from rooms.errors import InvitationRevoked, LastOwner, NotAllowed, PersonNotFound, RoomNotFound, WorkspaceNotFound
from rooms.events import Joined, Left, Removed, RoleChanged, RoomEvent
from rooms.log import read_after
from rooms.models import Invitation, Membership, Role, Room, RoomMembership, Workspace
from rooms.unread import room_states
from tests.rooms.races import meanwhile


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
    assert entitlements([ben])[0].rooms == ()


def test_whoever_was_put_out_can_do_nothing_with_what_was_read_before(
    ada: User, ben: User, cleo: User, workspace: Workspace, general: Room
) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    stale, link = of(ben, workspace), create_link(by=of(ada, workspace), role=Role.MEMBER)
    looking_in = access_room(ben, create_room(by=of(ada, workspace), name="open", kind=Room.Kind.PUBLIC).pk)
    remove_member(by=of(ada, workspace), user=ben)
    deeds: list[Callable[[], object]] = [
        lambda: create_link(by=stale, role=Role.ADMIN),
        lambda: invite_by_mail(by=stale, emails=["ben@example.org"], role=Role.ADMIN),
        lambda: revoke(by=stale, invitation=link),
        lambda: change_role(by=stale, user=cleo, role=Role.ADMIN),
        lambda: remove_member(by=stale, user=cleo),
        lambda: leave_workspace(membership=stale),
        lambda: create_room(by=stale, name="mine", kind=Room.Kind.PUBLIC),
        lambda: open_direct(by=stale, people=[ada]),
        lambda: join_room(access=looking_in),
        lambda: rename_workspace(by=stale, name="Mine"),
    ]
    for deed in deeds:
        with pytest.raises(WorkspaceNotFound):
            deed()
    assert Invitation.objects.get() == link
    assert not RoomMembership.objects.filter(user=ben).exists()


def test_a_lost_role_counts_also_where_it_was_read_before(
    ada: User, ben: User, cleo: User, workspace: Workspace
) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    stale = of(ben, workspace)
    change_role(by=of(ada, workspace), user=ben, role=Role.MEMBER)
    deeds: list[Callable[[], object]] = [
        lambda: create_link(by=stale, role=Role.ADMIN),
        lambda: remove_member(by=stale, user=cleo),
        lambda: rename_workspace(by=stale, name="Mine"),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()


def test_who_rises_keeps_their_invitations_and_who_falls_those_they_may_still_make(
    ada: User, ben: User, workspace: Workspace
) -> None:
    as_member = create_link(by=of(ben, workspace), role=Role.MEMBER)
    change_role(by=of(ada, workspace), user=ben, role=Role.ADMIN)
    as_admin, as_guest = (create_link(by=of(ben, workspace), role=role) for role in (Role.ADMIN, Role.GUEST))
    offered = Invitation.objects.filter(revoked_at=None)
    assert set(offered.all()) == {as_member, as_admin, as_guest}
    change_role(by=of(ada, workspace), user=ben, role=Role.MEMBER)
    assert set(offered.all()) == {as_member}
    change_role(by=of(ada, workspace), user=ben, role=Role.GUEST)
    assert not offered.all().exists()


def test_an_owner_who_is_kept_out_does_not_count(ada: User, ben: User, workspace: Workspace) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.OWNER)
    deactivate(user=ben)
    with pytest.raises(LastOwner):
        leave_workspace(membership=of(ada, workspace))
    reactivate(user=ben)
    leave_workspace(membership=of(ada, workspace))


def test_staff_gives_a_workspace_another_owner(
    ada: User, ben: User, cleo: User, workspace: Workspace, general: Room
) -> None:
    deactivate(user=ada)
    for user in (ben, cleo):
        appoint_owner(staff=ada, membership=of(user, workspace))
        assert of(user, workspace).role == Role.OWNER
        assert access_room(user, general.pk).is_member
    deactivate(user=ben)
    with pytest.raises(WorkspaceNotFound):
        appoint_owner(staff=ada, membership=of(ben, workspace))


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_go_at_once_one_stays(ada: User, ben: User, workspace: Workspace) -> None:
    change_role(by=of(ada, workspace), user=ben, role=Role.OWNER)
    with meanwhile(lambda: leave_workspace(membership=of(ben, workspace))) as other:
        with transaction.atomic():
            leave_workspace(membership=of(ada, workspace))
            other.begin()
        assert isinstance(other.outcome(), LastOwner)


@pytest.mark.django_db(transaction=True)
def test_who_is_put_out_while_somebody_puts_them_into_a_room_is_in_no_room(
    ada: User, ben: User, workspace: Workspace
) -> None:
    secret = create_room(by=of(ada, workspace), name="secret", kind=Room.Kind.PRIVATE)
    with meanwhile(lambda: add_people(access=access_room(ada, secret.pk), people=[ben])) as other:
        with transaction.atomic():
            remove_member(by=of(ada, workspace), user=ben)
            other.begin()
        assert isinstance(other.outcome(), PersonNotFound)
    assert not RoomMembership.objects.filter(user=ben).exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_put_out_while_they_come_into_a_room_is_in_no_room(ada: User, ben: User, workspace: Workspace) -> None:
    public = create_room(by=of(ada, workspace), name="open", kind=Room.Kind.PUBLIC)
    access = access_room(ben, public.pk)
    with meanwhile(lambda: join_room(access=access)) as other:
        with transaction.atomic():
            remove_member(by=of(ada, workspace), user=ben)
            other.begin()
        assert isinstance(other.outcome(), WorkspaceNotFound)
    assert not RoomMembership.objects.filter(user=ben).exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_put_out_while_somebody_writes_to_them_is_in_no_room(ada: User, ben: User, workspace: Workspace) -> None:
    def put_out() -> None:
        remove_member(by=of(ada, workspace), user=ben)

    with meanwhile(put_out) as other:
        with transaction.atomic():
            open_direct(by=of(ada, workspace), people=[ben])
            other.begin()
        assert other.outcome() is None
    assert not RoomMembership.objects.filter(user=ben).exists()
