"""Which invitations let somebody in. What they offer ends with the rights of whoever made them."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from rooms.access import roles_to_invite
from rooms.models import Invitation, Membership, Role


def still_offered() -> Q:
    """Of invitations: whoever made it is in the workspace, can sign in, and may invite people in its role.

    An account that is gone, or kept out, offers nothing any more.
    """
    makers = Membership.objects.filter(
        workspace=OuterRef("workspace"), user=OuterRef("created_by"), user__is_active=True
    )
    offered = Q()
    for role in Role:
        offered |= Q(Exists(makers.filter(role=role)), role__in=roles_to_invite(role))
    return offered


def still_open(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those of these invitations that let someone in."""
    is_current = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    has_uses = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    return invitations.filter(still_offered(), is_current, has_uses, revoked_at=None)
