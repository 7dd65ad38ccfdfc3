"""What a workspace is called, how long it keeps what is said, and the way out of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from rooms.access import access_workspace
from rooms.actions.expiry import count_expiring
from rooms.actions.members import leave_workspace
from rooms.actions.workspaces import keep_messages, rename_workspace
from rooms.errors import NotAllowed, NotConfirmed
from rooms.forms import KeepForm, RenameForm
from rooms.models import Membership, Role
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def workspace_settings(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; posted to, it does what `do` says: rename, keep, leave."""
    membership = access_workspace(request.user, slug)
    if request.method != "POST":
        return _page(request, membership)
    do = request.POST.get("do", "")
    if do not in DEEDS:
        raise NotAllowed
    return DEEDS[do](request, membership)


def _page(request: PersonRequest, membership: Membership, **filled: Any) -> HttpResponse:
    """The page, with the forms that were filled in as they were, and what is to be asked."""
    workspace = membership.workspace
    context = {
        "form": RenameForm(initial={"name": workspace.name}),
        "may_rename": membership.may_manage,
        "keep": KeepForm(initial={"days": workspace.keep_days}),
        "may_keep": membership.role == Role.OWNER,
        **filled,
    }
    return render_page(request, "rooms/workspace_settings.html", membership, context, status=400 if filled else 200)


def _rename(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = RenameForm(request.POST)
    form.carry_out(lambda data: rename_workspace(by=membership, name=data["name"]))
    return _page(request, membership, form=form) if form.errors else _saved(request, membership)


def _keep(request: PersonRequest, membership: Membership) -> HttpResponse:
    form = KeepForm(request.POST)
    is_confirmed = request.POST.get("confirmed") == request.POST.get("days")
    form.carry_out(lambda data: keep_messages(by=membership, days=data["days"], is_confirmed=is_confirmed))
    if form.has_error(NON_FIELD_ERRORS, NotConfirmed.code):
        days = form.cleaned_data["days"]
        return _page(request, membership, asked={"days": days, "count": count_expiring(membership.workspace, days)})
    return _page(request, membership, keep=form) if form.errors else _saved(request, membership)


def _saved(request: PersonRequest, membership: Membership) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect("workspace_settings", membership.workspace.slug)


def _leave(request: PersonRequest, membership: Membership) -> HttpResponse:
    leave_workspace(membership=membership)
    home = reverse("home")
    return HttpResponseClientRedirect(home) if request.htmx else redirect(home)


DEEDS = {"rename": _rename, "keep": _keep, "leave": _leave}
