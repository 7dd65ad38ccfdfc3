"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from rooms.forms import WorkspaceForm
from rooms.views.last_seen import workspace_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this is. Signed in: the workspace where one was last, or how to get into one."""
    if not isinstance(request.user, User):
        return render(request, "home/landing.html")
    slugs = list(request.user.memberships.order_by("joined_at", "pk").values_list("workspace__slug", flat=True))
    if not slugs:
        return render(request, "home/start.html", {"form": WorkspaceForm()})
    last = workspace_of(request)
    return redirect("workspace", last if last in slugs else slugs[0])
