"""What stands around every page of a workspace, and how a part of a page is told from the whole."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from rooms import epoch
from rooms.models import Membership, Room
from rooms.sidebar import sidebar_of
from rooms.views.door import PersonRequest


def shell(membership: Membership, current: Room | None = None) -> dict[str, object]:
    """What the sidebar and its menu show."""
    return {
        "epoch": epoch.current(),
        "membership": membership,
        "workspace": membership.workspace,
        "workspaces": list(membership.user.workspaces.order_by("name", "pk")),
        "sidebar": sidebar_of(membership, current.pk if current else None),
    }


def render_page(
    request: PersonRequest,
    template: str,
    membership: Membership,
    context: Mapping[str, object],
    *,
    current: Room | None = None,
    status: int = 200,
) -> HttpResponse:
    """A whole page of the workspace."""
    response = render(request, template, {**shell(membership, current), **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_part(
    request: PersonRequest,
    template: str,
    membership: Membership,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """A part for htmx to put in its place."""
    around = {"membership": membership, "workspace": membership.workspace}
    response = render(request, template, {**around, **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_either(
    request: PersonRequest, name: str, membership: Membership, context: Mapping[str, object], room: Room | None = None
) -> HttpResponse:
    """The part `rooms/_<name>.html` for htmx, the page `rooms/<name>.html` for those who come without."""
    if request.htmx:
        return render_part(request, f"rooms/_{name}.html", membership, context)
    return render_page(request, f"rooms/{name}.html", membership, context, current=room)
