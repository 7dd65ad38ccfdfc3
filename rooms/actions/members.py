"""Who is in a workspace, and as what. The general room's log tells of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.cards import card
from accounts.models import User
from rooms.access import hold_workspace, outranks, renewed, roles_to_invite
from rooms.announce import ask_for_hello
from rooms.errors import LastOwner, NotAllowed, PersonNotFound
from rooms.events import Left, Removed, RoleChanged
from rooms.ledger import Turn
from rooms.log import Draft, Outcome, append
from rooms.models import Invitation, Membership, Role, Room, RoomMembership, Workspace


@dataclass(slots=True, kw_only=True)
class BringIn(Draft):
    """Put a person into a room on the strength of their place in the workspace."""

    person: User
    #: Who opened the way by an invitation: it leads nowhere that they are not themselves.
    host: User | None = None

    def write(self, turn: Turn) -> int | None:
        """Bring them in, unless they are there, or whoever would lead them is not."""
        if self.host and not RoomMembership.objects.filter(room=turn.room, user=self.host).exists():
            return None
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


def add_member(
    *, workspace: Workspace, user: User, role: str, by: User, rooms: Collection[Room] = (), host: User | None = None
) -> Membership:
    """Take a person into the workspace, the general room (guests not) and these rooms. Already in: as they are.

    With a `host`, these rooms are only those that the host is in.

    Raises:
        NotAllowed: one of the two is hidden and the other is not.
    """
    if user.is_hidden != workspace.is_hidden:
        raise NotAllowed
    with transaction.atomic():
        hold_workspace(workspace.pk)
        membership, is_new = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        open_rooms = {room.pk for room in rooms if room.workspace_id == workspace.pk and room.archived_at is None}
        wanted: dict[int, User | None] = dict.fromkeys(open_rooms, host)
        if not membership.is_guest and workspace.general_id:
            wanted[workspace.general_id] = None
        _append_all(BringIn(room_id=pk, user=by, person=user, host=wanted[pk]) for pk in sorted(wanted))
        if is_new:
            ask_for_hello(user)
    return membership


def change_role(*, by: Membership, user: User, role: str) -> Membership:
    """Give a person another role.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        PersonNotFound: the other is not in the workspace.
        NotAllowed: it is not for this person to give or take.
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        by = renewed(by)
        membership = _member(by.workspace, user)
        if role not in Role.values or not outranks(by, membership) or (by.role != Role.OWNER and role == Role.OWNER):
            raise NotAllowed
        _give_role(by.user, membership, role)
    return membership


def appoint_owner(*, staff: User, membership: Membership) -> None:
    """Make somebody owner who is in the workspace: where those who own it have gone or are kept out.

    Raises:
        WorkspaceNotFound: they are not in it any more, or kept out themselves.
    """
    with transaction.atomic():
        _give_role(staff, renewed(membership), Role.OWNER)


def _give_role(by: User, membership: Membership, role: str) -> None:
    if membership.role == role:
        return
    was_guest = membership.is_guest
    _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _append_all(_role_drafts(by, membership, was_guest=was_guest))
    _withdraw_invitations(membership, but=roles_to_invite(role))
    ask_for_hello(membership.user)


def _role_drafts(by: User, membership: Membership, *, was_guest: bool) -> list[Draft]:
    general = membership.workspace.general_id
    if general is None:
        return []
    person = membership.user
    told: list[Draft] = [RecordRole(room_id=general, user=by, person=person, role=membership.role)]
    if was_guest:
        return [BringIn(room_id=general, user=by, person=person), *told]
    if membership.is_guest:
        return [*told, PutOut(room_id=general, user=by, person=person, event=Removed)]
    return told


def remove_member(*, by: Membership, user: User) -> None:
    """Put a person out of the workspace and all its rooms, at once and everywhere.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        PersonNotFound: the other is not in the workspace.
        NotAllowed: it is not for this person to do.
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        by = renewed(by)
        membership = _member(by.workspace, user)
        if by.user_id == user.pk or not outranks(by, membership):
            raise NotAllowed
        _end(membership, by.user, Removed)


def leave_workspace(*, membership: Membership) -> None:
    """Go out of the workspace and all its rooms.

    Raises:
        WorkspaceNotFound: they are not in it any more.
        LastOwner: nobody would be left who owns it.
    """
    with transaction.atomic():
        _end(renewed(membership), membership.user, Left)


def _end(membership: Membership, by: User, event: type[Left | Removed]) -> None:
    _keep_an_owner(membership)
    rooms = RoomMembership.objects.filter(user=membership.user, room__workspace=membership.workspace)
    _append_all(
        PutOut(room_id=pk, user=by, person=membership.user, event=event)
        for pk in rooms.order_by("room").values_list("room", flat=True)
    )
    membership.delete()
    _withdraw_invitations(membership)
    ask_for_hello(membership.user)


def _withdraw_invitations(membership: Membership, but: Collection[Role] = ()) -> None:
    """Nobody comes in, or back, by what somebody offered with rights they no longer have."""
    offered = Invitation.objects.filter(workspace=membership.workspace, created_by=membership.user, revoked_at=None)
    offered.exclude(role__in=but).update(revoked_at=timezone.now())


def _member(workspace: Workspace, user: User) -> Membership:
    membership = Membership.objects.select_related("user", "workspace").filter(workspace=workspace, user=user).first()
    if membership is None:
        raise PersonNotFound
    return membership


def _keep_an_owner(membership: Membership) -> None:
    """Somebody else must own the workspace who can sign in."""
    if membership.role != Role.OWNER:
        return
    owners = Membership.objects.filter(workspace=membership.workspace, role=Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner


def _append_all(drafts: Iterable[Draft]) -> list[Outcome]:
    batch = list(drafts)
    return append(batch) if batch else []
