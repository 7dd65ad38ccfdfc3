"""Inviting people, by link or by mail, and taking invitations back."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from rooms.access import hold_workspace, joined_rooms, renewed, roles_to_invite
from rooms.actions.members import add_member
from rooms.errors import (
    InvitationExpired,
    InvitationForSomeoneElse,
    InvitationNotFound,
    InvitationRevoked,
    InvitationUsedUp,
    NotAllowed,
    TooManyMails,
)
from rooms.invitations import still_offered
from rooms.models import Delivery, Invitation, Membership, Role, Room, Workspace

#: Days a mailed invitation stays open.
MAIL_DAYS = 14
#: Mails that a person may have sent within a day, in all their workspaces.
MAILS_A_DAY = 200


def create_link(
    *, by: Membership, role: str, rooms: Collection[Room] = (), days: int | None = 7, max_uses: int | None = None
) -> Invitation:
    """Make a link that lets people in, for some days and some uses (None: no limit).

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        NotAllowed: guests invite nobody, and nobody invites above their own role.
    """
    with transaction.atomic():
        return _create(by=renewed(by), role=role, rooms=rooms, days=days, max_uses=max_uses)


def invite_by_mail(
    *,
    by: Membership,
    emails: Collection[str],
    role: str,
    rooms: Collection[Room] = (),
) -> list[Invitation]:
    """Invite each address with a link that only it may use, and mail it.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        NotAllowed: guests invite nobody, and nobody invites above their own role.
        TooManyMails: with these it would be more than a person may send within a day.
    """
    made = []
    addresses = sorted({email.strip().lower() for email in emails})
    with transaction.atomic():
        by = renewed(by)
        if _mails_today(by.user) + len(addresses) > MAILS_A_DAY:
            raise TooManyMails
        for email in addresses:
            invitation = _create(by=by, role=role, rooms=rooms, days=MAIL_DAYS, max_uses=1, email=email)
            made.append(invitation)
            _have_mailed(invitation)
    return made


def _mails_today(user: User) -> int:
    # Held until they are stored: what is asked at once in another workspace is counted too.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    since = timezone.now() - datetime.timedelta(days=1)
    return Invitation.objects.filter(created_by=user, created_at__gt=since).exclude(email="").count()


def _have_mailed(invitation: Invitation) -> None:
    now = timezone.now()
    Delivery.objects.create(kind=Delivery.Kind.INVITATION, invitation=invitation, created_at=now, due_at=now)


def revoke(*, by: Membership, invitation: Invitation) -> None:
    """Take an invitation back; nobody comes in by it any more.

    Raises:
        WorkspaceNotFound: whoever asks is not in it any more.
        InvitationNotFound: it is not of this workspace.
        NotAllowed: it is somebody else's, and this person manages nothing.
    """
    with transaction.atomic():
        by = renewed(by)
        if invitation.workspace_id != by.workspace_id:
            raise InvitationNotFound
        if not by.may_manage and invitation.created_by_id != by.user_id:
            raise NotAllowed
        revoke_as_staff(invitation=invitation)


def revoke_as_staff(*, invitation: Invitation) -> None:
    """Take an invitation back, whoever made it."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())


def find(token: str) -> Invitation:
    """The invitation behind a link, open or not.

    Raises:
        InvitationNotFound: there is none.
    """
    invitation = Invitation.objects.select_related("workspace", "created_by").filter(token=token).first()
    if invitation is None:
        raise InvitationNotFound
    return invitation


def check_open(invitation: Invitation) -> None:
    """Refuse an invitation that is over.

    Raises:
        InvitationRevoked, InvitationExpired, InvitationUsedUp: it lets nobody in.
    """
    is_offered = Invitation.objects.filter(still_offered(), pk=invitation.pk, revoked_at=None).exists()
    if not is_offered:
        raise InvitationRevoked
    if invitation.is_expired:
        raise InvitationExpired
    if invitation.is_used_up:
        raise InvitationUsedUp


def accept(*, user: User, token: str) -> Workspace:
    """Come into the workspace by an invitation. Someone who is in it already uses nothing up.

    Of its rooms it leads into those that whoever made it is in now.

    Raises:
        InvitationNotFound, InvitationRevoked, InvitationExpired, InvitationUsedUp: it lets nobody in.
        InvitationForSomeoneElse: it was mailed to another address.
    """
    with transaction.atomic():
        hold_workspace(find(token).workspace_id)
        # Read under the lock: its last use goes to one of two who click at once, and its maker may just be put out.
        invitation = find(token)
        if Membership.objects.filter(workspace=invitation.workspace, user=user).exists():
            return invitation.workspace
        check_open(invitation)
        if invitation.email and invitation.email.lower() != user.email.lower():
            raise InvitationForSomeoneElse
        Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") + 1)
        add_member(
            workspace=invitation.workspace,
            user=user,
            role=invitation.role,
            by=user,
            rooms=invitation.rooms.all(),
            host=invitation.created_by,
        )
    return invitation.workspace


def _create(
    *,
    by: Membership,
    role: str,
    rooms: Collection[Room],
    days: int | None,
    max_uses: int | None,
    email: str = "",
) -> Invitation:
    _check_may_invite(by, role)
    invitation = Invitation.objects.create(
        workspace=by.workspace,
        role=role,
        email=email,
        created_by=by.user,
        expires_at=timezone.now() + datetime.timedelta(days=days) if days else None,
        max_uses=max_uses,
    )
    wanted = joined_rooms(by).filter(pk__in=[room.pk for room in rooms])
    invitation.rooms.set(wanted.exclude(kind=Room.Kind.DIRECT))
    return invitation


def _check_may_invite(by: Membership, role: str) -> None:
    if role in roles_to_invite(by.role):
        return
    if by.role == Role.MEMBER and role in Role.values:
        raise NotAllowed("Only owners and admins invite people as anything but members.")
    raise NotAllowed
