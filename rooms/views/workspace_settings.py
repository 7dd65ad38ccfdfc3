"""What a workspace is called, and the way out of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from rooms.access import access_workspace
from rooms.actions.members import leave_workspace
from rooms.actions.workspaces import rename_workspace
from rooms.errors import NotAllowed
from rooms.forms import RenameForm
from rooms.models import Membership
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def workspace_settings(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; posted to, it does what `do` says: rename, leave."""
    membership = access_workspace(request.user, slug)
    if request.method != "POST":
        return _page(request, membership, RenameForm(initial={"name": membership.workspace.name}))
    do = request.POST.get("do", "")
    if do not in DEEDS:
        raise NotAllowed
    return DEEDS[do](request, membership)


def _page(request: PersonRequest, membership: Membership, form: RenameForm) -> HttpResponse:
    context = {"form": form, "may_rename": membership.may_manage}
    status = 400 if form.errors else 200
    return render_page(request, "rooms/workspace_settings.html", membership, context, status=status)


def _rename(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = RenameForm(request.POST)
    form.carry_out(lambda data: rename_workspace(by=membership, name=data["name"]))
    if form.errors:
        return _page(request, membership, form)
    messages.success(request, "Saved.")
    return redirect("workspace_settings", membership.workspace.slug)


def _leave(request: PersonRequest, membership: Membership) -> HttpResponse:
    leave_workspace(membership=membership)
    home = reverse("home")
    return HttpResponseClientRedirect(home) if request.htmx else redirect(home)


DEEDS = {"rename": _rename, "leave": _leave}
