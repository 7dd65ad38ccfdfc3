"""Inviting people into a workspace, from its page of people."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from rooms.access import roles_to_invite
from rooms.actions.invitations import create_link, invite_by_mail, revoke
from rooms.errors import InvitationNotFound, NotAllowed
from rooms.forms import InviteForm, invitable_rooms
from rooms.invitations import still_open
from rooms.models import Invitation, Membership
from rooms.views.door import PersonRequest, number
from rooms.views.shell import render_either, render_part


def invite(
    request: PersonRequest, membership: Membership, form: InviteForm | None = None, **made: object
) -> HttpResponse:
    """The dialog that invites, and what it just made."""
    if membership.is_guest:
        raise NotAllowed("Guests do not invite people.")
    context = {
        "error": form.first_error if form else "",
        "emails": form.data.get("emails", "") if form and form.errors else "",
        "roles": [(role.value, str(role.label)) for role in roles_to_invite(membership.role)],
        "rooms": invitable_rooms(membership),
        "site_url": settings.SITE_URL,
        **made,
    }
    return render_either(request, "invite", membership, context)


def open_invitations(membership: Membership) -> QuerySet[Invitation]:
    """Those that still let someone in; owners and admins see all, members their own."""
    mine = Q() if membership.may_manage else Q(created_by=membership.user)
    invitations = still_open(Invitation.objects.filter(mine, workspace=membership.workspace))
    return invitations.select_related("created_by").order_by("-pk")


def _link(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = InviteForm(request.POST, membership=membership)
    made = form.carry_out(lambda data: create_link(by=membership, **_terms(data, "role", "rooms", "days", "max_uses")))
    return invite(request, membership, form, made=made)


def _mail(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = InviteForm(request.POST, membership=membership, by_mail=True)
    made = form.carry_out(lambda data: invite_by_mail(by=membership, **_terms(data, "emails", "role", "rooms")))
    return invite(request, membership, form, made=made, sent=bool(made))


def _revoke(request: PersonRequest, membership: Membership) -> HttpResponse:
    invitation = Invitation.objects.filter(pk=number(request.POST.get("invitation")) or 0).first()
    if invitation is None:
        raise InvitationNotFound
    revoke(by=membership, invitation=invitation)
    if not request.htmx:
        return redirect("people", membership.workspace.slug)
    context = {"invitations": open_invitations(membership), "site_url": settings.SITE_URL}
    return render_part(request, "rooms/_invitations.html", membership, context)


def _terms(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


DEEDS: dict[str, Callable[[PersonRequest, Membership], HttpResponse]] = {
    "link": _link,
    "mail": _mail,
    "revoke": _revoke,
}
