"""Coming into a workspace by an invitation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.adapter import INVITATION
from accounts.models import User
from collab.live.errors import CodedError
from rooms.actions.invitations import accept, check_open, find
from rooms.models import Membership


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites where; posted to, it lets the person in. Whoever is signed out signs in or up first."""
    try:
        return _accept(request, token) if request.method == "POST" else _show(request, token)
    except CodedError as refused:
        request.session.pop(INVITATION, None)
        return render(request, "rooms/invitation.html", {"error": str(refused)}, status=refused.status)


def _show(request: HttpRequest, token: str) -> HttpResponse:
    found, user = find(token), request.user
    if isinstance(user, User) and Membership.objects.filter(workspace=found.workspace, user=user).exists():
        # Whoever is in already goes in, also by a link that lets nobody else in any more.
        return redirect("workspace", found.workspace.slug)
    check_open(found)
    if not isinstance(user, User):
        # It lets them sign up even where that is not open to everyone.
        request.session[INVITATION] = token
    return render(request, "rooms/invitation.html", {"invitation": found})


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    if not isinstance(request.user, User):
        return redirect("invitation", token)
    workspace = accept(user=request.user, token=token)
    request.session.pop(INVITATION, None)
    return redirect("workspace", workspace.slug)
