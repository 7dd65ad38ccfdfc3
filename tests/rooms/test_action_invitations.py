"""Inviting people, and the ways an invitation lets nobody in."""

import datetime
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions.people import deactivate
from accounts.models import User
from rooms.access import access_room
from rooms.actions import invitations, members
from rooms.actions.invitations import accept, check_open, create_link, find, invite_by_mail, revoke
from rooms.actions.members import add_member, remove_member
from rooms.actions.room_people import add_people, leave_room, remove_person
from rooms.actions.rooms import create_room, open_direct
from rooms.actions.workspaces import create_workspace
from rooms.errors import (
    InvitationExpired,
    InvitationForSomeoneElse,
    InvitationNotFound,
    InvitationRevoked,
    InvitationUsedUp,
    NotAllowed,
    TooManyMails,
)
from rooms.invitations import still_open
from rooms.models import Invitation, Membership, Role, Room, RoomMembership, Workspace
from tests.conftest import person
from tests.rooms.races import meanwhile


def of(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.select_related("workspace__general", "user").get(user=user, workspace=workspace)


def test_a_link_lets_someone_in_with_its_role_and_rooms(ada: User, workspace: Workspace, room: Room) -> None:
    dora = person("dora")
    link = create_link(by=of(ada, workspace), role=Role.GUEST, rooms=[room])
    assert accept(user=dora, token=link.token) == workspace
    assert of(dora, workspace).role == Role.GUEST
    assert [each.room for each in RoomMembership.objects.filter(user=dora)] == [room]


def test_a_link_is_used_up_by_newcomers_only(ada: User, ben: User, workspace: Workspace) -> None:
    link = create_link(by=of(ada, workspace), role=Role.MEMBER, max_uses=1)
    accept(user=ben, token=link.token)
    accept(user=person("dora"), token=link.token)
    with pytest.raises(InvitationUsedUp):
        accept(user=person("emil"), token=link.token)
    assert Invitation.objects.get(pk=link.pk).uses == 1


def test_an_expired_link_lets_nobody_in(ada: User, workspace: Workspace) -> None:
    link = create_link(by=of(ada, workspace), role=Role.MEMBER)
    Invitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    with pytest.raises(InvitationExpired):
        accept(user=person("dora"), token=link.token)


def test_a_revoked_link_lets_nobody_in(ada: User, workspace: Workspace) -> None:
    link = create_link(by=of(ada, workspace), role=Role.MEMBER)
    revoke(by=of(ada, workspace), invitation=link)
    with pytest.raises(InvitationRevoked):
        check_open(find(link.token))


def test_a_token_of_nothing_is_refused(ada: User) -> None:
    with pytest.raises(InvitationNotFound):
        accept(user=ada, token="nothing")


def test_a_mailed_invitation_is_for_its_address_alone(
    ada: User, workspace: Workspace, mailoutbox: list[object]
) -> None:
    mails = [" Dora@Example.org", "dora@example.org"]
    (invitation,) = invite_by_mail(by=of(ada, workspace), emails=mails, role=Role.MEMBER)
    with pytest.raises(InvitationForSomeoneElse):
        accept(user=person("emil"), token=invitation.token)
    accept(user=person("dora"), token=invitation.token)


def test_a_person_sends_so_many_mails_a_day_in_all_their_workspaces(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MAILS_A_DAY", 3)
    elsewhere = create_workspace(owner=ada, name="Elsewhere")
    create_link(by=of(ada, workspace), role=Role.MEMBER)
    invite_by_mail(by=of(ada, workspace), emails=["a@example.org", "b@example.org"], role=Role.MEMBER)
    with pytest.raises(TooManyMails):
        invite_by_mail(by=of(ada, elsewhere), emails=["c@example.org", "d@example.org"], role=Role.MEMBER)
    assert Invitation.objects.exclude(email="").count() == 2
    invite_by_mail(by=of(ada, elsewhere), emails=["c@example.org"], role=Role.MEMBER)
    Invitation.objects.update(created_at=timezone.now() - datetime.timedelta(days=1))
    invite_by_mail(by=of(ada, elsewhere), emails=["d@example.org"], role=Role.MEMBER)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.GUEST, Role.OWNER])
def test_a_member_invites_members_only(ben: User, workspace: Workspace, role: str) -> None:
    with pytest.raises(NotAllowed):
        create_link(by=of(ben, workspace), role=role)
    check_open(create_link(by=of(ben, workspace), role=Role.MEMBER))


def test_nobody_is_invited_as_owner_and_guests_invite_nobody(ada: User, cleo: User, workspace: Workspace) -> None:
    with pytest.raises(NotAllowed):
        create_link(by=of(ada, workspace), role=Role.OWNER)
    with pytest.raises(NotAllowed):
        create_link(by=of(cleo, workspace), role=Role.MEMBER)


def test_an_invitation_never_leads_into_rooms_its_maker_is_not_in(ada: User, ben: User, workspace: Workspace) -> None:
    secret = create_room(by=of(ada, workspace), name="secret", kind=Room.Kind.PRIVATE)
    link = create_link(by=of(ben, workspace), role=Role.MEMBER, rooms=[secret])
    assert not link.rooms.exists()


def test_a_link_leads_into_no_room_that_its_maker_was_put_out_of_or_left(
    ada: User, ben: User, workspace: Workspace, room: Room
) -> None:
    secret = create_room(by=of(ada, workspace), name="secret", kind=Room.Kind.PRIVATE)
    add_people(access=access_room(ada, secret.pk), people=[ben])
    link = create_link(by=of(ben, workspace), role=Role.MEMBER, rooms=[secret, room])
    assert set(link.rooms.all()) == {secret, room}
    remove_person(access=access_room(ada, secret.pk), user=ben)
    accept(user=person("dora"), token=link.token)
    assert [each.name for each in Room.objects.filter(people__handle="dora").order_by("pk")] == ["general", "engine"]
    leave_room(access=access_room(ben, room.pk))
    accept(user=person("emil"), token=link.token)
    assert [each.name for each in Room.objects.filter(people__handle="emil")] == ["general"]


def test_an_invitation_never_leads_into_a_direct_conversation(ada: User, ben: User, workspace: Workspace) -> None:
    direct = open_direct(by=of(ada, workspace), people=[ben])
    assert not create_link(by=of(ada, workspace), role=Role.MEMBER, rooms=[direct]).rooms.exists()


@pytest.mark.django_db(transaction=True)
def test_a_link_leads_into_no_room_that_its_maker_is_just_put_out_of(
    ada: User, ben: User, workspace: Workspace
) -> None:
    secret = create_room(by=of(ada, workspace), name="secret", kind=Room.Kind.PRIVATE)
    add_people(access=access_room(ada, secret.pk), people=[ben])
    dora, link = person("dora"), create_link(by=of(ben, workspace), role=Role.MEMBER, rooms=[secret])
    with meanwhile(lambda: accept(user=dora, token=link.token)) as other:
        with transaction.atomic():
            remove_person(access=access_room(ada, secret.pk), user=ben)
            other.begin()
        assert other.outcome() == workspace
    assert not RoomMembership.objects.filter(room=secret, user=dora).exists()


def _deactivated(maker: Membership) -> None:
    deactivate(user=maker.user)


def _gone(maker: Membership) -> None:
    Invitation.objects.filter(created_by=maker.user).update(created_by=None)


def _no_member(maker: Membership) -> None:
    maker.delete()


def _demoted(maker: Membership) -> None:
    Membership.objects.filter(pk=maker.pk).update(role=Role.MEMBER)


@pytest.mark.parametrize("lose", [_deactivated, _gone, _no_member, _demoted])
def test_an_invitation_ends_with_the_rights_of_its_maker(
    ada: User, workspace: Workspace, lose: Callable[[Membership], None]
) -> None:
    maker, dora = person("mary"), person("dora")
    add_member(workspace=workspace, user=maker, role=Role.ADMIN, by=ada)
    link = create_link(by=of(maker, workspace), role=Role.ADMIN, days=None)
    check_open(find(link.token))
    assert still_open(Invitation.objects.all()).get() == link
    lose(of(maker, workspace))
    with pytest.raises(InvitationRevoked):
        check_open(find(link.token))
    with pytest.raises(InvitationRevoked):
        accept(user=dora, token=link.token)
    assert not still_open(Invitation.objects.all()).exists()
    assert not workspace.memberships.filter(user=dora).exists()


def test_only_its_maker_and_those_who_manage_take_an_invitation_back(
    ada: User, ben: User, mallory: User, workspace: Workspace
) -> None:
    link = create_link(by=of(ada, workspace), role=Role.MEMBER)
    with pytest.raises(NotAllowed):
        revoke(by=of(ben, workspace), invitation=link)
    with pytest.raises(InvitationNotFound):
        revoke(by=Membership.objects.get(user=mallory), invitation=link)


@pytest.mark.django_db(transaction=True)
def test_the_last_use_goes_to_one_of_two_who_come_at_once(ada: User, workspace: Workspace) -> None:
    dora, emil = person("dora"), person("emil")
    link = create_link(by=of(ada, workspace), role=Role.MEMBER, max_uses=1)
    with meanwhile(lambda: accept(user=emil, token=link.token)) as other:
        with transaction.atomic():
            accept(user=dora, token=link.token)
            other.begin()
        assert isinstance(other.outcome(), InvitationUsedUp)
    assert not workspace.memberships.filter(user=emil).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_comes_in_by_the_invitation_of_somebody_who_is_just_put_out(
    ada: User, ben: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora, link = person("dora"), create_link(by=of(ben, workspace), role=Role.MEMBER)
    withdraw = members._withdraw_invitations
    with meanwhile(lambda: accept(user=dora, token=link.token)) as other:

        def withdraw_while_somebody_accepts(membership: Membership) -> None:
            other.begin()
            withdraw(membership)

        monkeypatch.setattr(members, "_withdraw_invitations", withdraw_while_somebody_accepts)
        remove_member(by=of(ada, workspace), user=ben)
        assert isinstance(other.outcome(), InvitationRevoked)
    assert not workspace.memberships.filter(user=dora).exists()


@pytest.mark.django_db(transaction=True)
def test_mails_that_are_asked_for_at_once_in_two_workspaces_are_counted_together(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MAILS_A_DAY", 3)
    by = of(ada, create_workspace(owner=ada, name="Elsewhere"))
    mails = ["a@example.org", "b@example.org"]
    with meanwhile(lambda: invite_by_mail(by=by, emails=mails, role=Role.MEMBER)) as other:
        with transaction.atomic():
            invite_by_mail(by=of(ada, workspace), emails=mails, role=Role.MEMBER)
            other.begin()
        assert isinstance(other.outcome(), TooManyMails)
    assert Invitation.objects.count() == 2
