"""Workspaces: making one, and finding the room where one was."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from rooms.access import access_workspace, joined_rooms
from rooms.actions.workspaces import create_workspace
from rooms.forms import WorkspaceForm
from rooms.models import Membership
from rooms.views import last_seen
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def workspace_new(request: PersonRequest) -> HttpResponse:
    """The form; posted to, it makes the workspace and goes there."""
    form = WorkspaceForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        made = form.carry_out(lambda data: create_workspace(owner=request.user, name=data["name"]))
        if made:
            return redirect("workspace", made.slug)
    return render(request, "rooms/workspace_new.html", {"form": form})


@require_safe
@signed_in
def workspace(request: PersonRequest, slug: str) -> HttpResponse:
    """To the room where the person was last, or the general one; a guest who is in none is told so."""
    membership = access_workspace(request.user, slug)
    room_id = _room_to_open(membership, last_seen.room_of(request, slug))
    if room_id is None:
        return render_page(request, "rooms/no_rooms.html", membership, {})
    return redirect("room", slug, room_id)


def _room_to_open(membership: Membership, last: int | None) -> int | None:
    mine = list(joined_rooms(membership).filter(archived_at=None).order_by("pk").values_list("pk", flat=True))
    wanted = (last, membership.workspace.general_id, *mine)
    return next((room_id for room_id in wanted if room_id in mine), None)
