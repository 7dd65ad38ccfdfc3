"""Who is in a workspace, and as what. The general room's log tells of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.cards import card
from accounts.models import User
from collab.live.publish import control
from rooms.access import outranks
from rooms.announce import user_topic
from rooms.errors import LastOwner, NotAllowed, PersonNotFound
from rooms.events import Left, Removed, RoleChanged
from rooms.ledger import Turn
from rooms.log import Draft, Outcome, append
from rooms.models import Invitation, Membership, Role, Room, RoomMembership, Workspace


@dataclass(slots=True, kw_only=True)
class BringIn(Draft):
    """Put a person into a room on the strength of their place in the workspace."""

    person: User

    def write(self, turn: Turn) -> int | None:
        """Bring them in, unless they are there."""
        return turn.bring(self.person)


@dataclass(slots=True, kw_only=True)
class PutOut(Draft):
    """Take a person out of a room because they are no longer of the workspace, or see less of it."""

    person: User
    event: type[Left | Removed]

    def write(self, turn: Turn) -> int | None:
        """Take them out, if they are there."""
        return turn.part(self.person, self.event)


@dataclass(slots=True, kw_only=True)
class RecordRole(Draft):
    """Tell of a new role."""

    person: User
    role: str

    def write(self, turn: Turn) -> int | None:
        """Record it in the general room."""
        return turn.record(RoleChanged, person=card(self.person), role=self.role)


def add_member(*, workspace: Workspace, user: User, role: str, by: User, rooms: Collection[Room] = ()) -> Membership:
    """Take a person into the workspace, the general room (guests not) and these rooms. Already in: as they are."""
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        wanted = {room.pk for room in rooms if room.workspace_id == workspace.pk and room.archived_at is None}
        if not membership.is_guest and workspace.general_id:
            wanted.add(workspace.general_id)
        _append_all(BringIn(room_id=pk, user=by, person=user) for pk in sorted(wanted))
        if is_new:
            _reconnect(user)
    return membership


def change_role(*, by: Membership, user: User, role: str) -> Membership:
    """Give a person another role.

    Raises:
        PersonNotFound: they are not in the workspace.
        NotAllowed: it is not for this person to give or take.
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        membership = _locked(by.workspace, user)
        if role not in Role.values or not outranks(by, membership) or (by.role != Role.OWNER and role == Role.OWNER):
            raise NotAllowed
        if membership.role == role:
            return membership
        was_guest = membership.is_guest
        _keep_an_owner(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        _append_all(_role_drafts(by, membership, was_guest=was_guest))
        _withdraw_invitations(membership)
        _reconnect(user)
    return membership


def _role_drafts(by: Membership, membership: Membership, *, was_guest: bool) -> list[Draft]:
    general = by.workspace.general_id
    if general is None:
        return []
    person = membership.user
    told: list[Draft] = [RecordRole(room_id=general, user=by.user, person=person, role=membership.role)]
    if was_guest:
        return [BringIn(room_id=general, user=by.user, person=person), *told]
    if membership.is_guest:
        return [*told, PutOut(room_id=general, user=by.user, person=person, event=Removed)]
    return told


def remove_member(*, by: Membership, user: User) -> None:
    """Put a person out of the workspace and all its rooms, at once and everywhere.

    Raises:
        PersonNotFound: they are not in the workspace.
        NotAllowed: it is not for this person to do.
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        membership = _locked(by.workspace, user)
        if by.user_id == user.pk or not outranks(by, membership):
            raise NotAllowed
        _end(membership, by.user, Removed)


def leave_workspace(*, membership: Membership) -> None:
    """Go out of the workspace and all its rooms.

    Raises:
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        locked = _locked(membership.workspace, membership.user)
        _end(locked, membership.user, Left)


def _end(membership: Membership, by: User, event: type[Left | Removed]) -> None:
    _keep_an_owner(membership)
    rooms = RoomMembership.objects.filter(user=membership.user, room__workspace=membership.workspace)
    _append_all(
        PutOut(room_id=pk, user=by, person=membership.user, event=event)
        for pk in rooms.order_by("room").values_list("room", flat=True)
    )
    membership.delete()
    _withdraw_invitations(membership)
    _reconnect(membership.user)


def _withdraw_invitations(membership: Membership) -> None:
    """Nobody comes in, or back, by what somebody offered with rights they no longer have."""
    offered = Invitation.objects.filter(workspace=membership.workspace, created_by=membership.user, revoked_at=None)
    offered.update(revoked_at=timezone.now())


def _locked(workspace: Workspace, user: User) -> Membership:
    # The workspace's row first: two owners who go at once would else wait for each other's.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    membership = (
        Membership.objects.select_for_update(of=["self"])
        .select_related("user", "workspace")
        .filter(workspace=workspace, user=user)
        .first()
    )
    if membership is None:
        raise PersonNotFound
    return membership


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    # Locking the owners' rows keeps two of them from going at the same moment.
    owners = Membership.objects.select_for_update().filter(workspace=membership.workspace_id, role=Role.OWNER)
    if len(owners) == 1:
        raise LastOwner


def _append_all(drafts: Iterable[Draft]) -> list[Outcome]:
    batch = list(drafts)
    return append(batch) if batch else []


def _reconnect(user: User) -> None:
    """Have the person's pages say hello anew: they may hear more now, or less."""
    transaction.on_commit(lambda: control(topic=user_topic(user.pk), kind="reconnect", argument=""))
