"""The live page for staff, and the way of one message."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from collab.live.errors import CodedError
from collab.watch import fleet, overview
from collab.watch.trace import trace
from rooms.actions.deliveries import send_again
from rooms.errors import MessageNotFound
from rooms.models import Delivery, Message
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either

#: People listed for staff, of a room with more none.
MOST_FOR_STAFF = 500


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """How the site is now; the part of it that changes for htmx."""
    if cast(HtmxDetails, request.htmx):  # type: ignore[attr-defined]
        return render(request, "watch/_live.html", overview.overview(_staff(request)))
    context = {**admin.site.each_context(request), "title": "Live", **overview.overview(_staff(request))}
    return render(request, "watch/live.html", context)


@require_POST
def drain(request: HttpRequest, name: str) -> HttpResponse:
    """Have a node send its people on, or take them in again."""
    if not request.user.has_perm("watch.change_node"):
        raise PermissionDenied
    wants_drain = request.POST.get("drain") == "yes"

    def ask() -> str:
        node = fleet.ask_to_drain(name=name, wants_drain=wants_drain)
        return f"{node} {'sends its people on now' if wants_drain else 'takes people in again'}."

    return _done(request, ask)


@require_POST
def send(request: HttpRequest, delivery: int) -> HttpResponse:
    """Send once more what was given up."""
    if not request.user.has_perm("rooms.change_delivery"):
        raise PermissionDenied
    mail = get_object_or_404(Delivery, pk=delivery)

    def ask() -> str:
        send_again(delivery=mail)
        return f"The mail to {mail.address} is sent again."

    return _done(request, ask)


def _done(request: HttpRequest, ask: Callable[[], str]) -> HttpResponse:
    """Back on the live page, which says what was done, or why it was not."""
    try:
        messages.success(request, ask())
    except CodedError as refusal:
        messages.error(request, str(refusal))
    return redirect("admin_live")


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """The way of any message, for staff who may look at messages."""
    if not request.user.has_perm("rooms.view_message"):
        raise PermissionDenied
    found = Message.objects.select_related("room__workspace", "author").filter(pk=pk).first()
    if found is None:
        raise Http404
    context = {**admin.site.each_context(request), "title": "How it travelled", "trace": trace(found, MOST_FOR_STAFF)}
    return render(request, "watch/message.html", context)


@require_safe
@signed_in
def journey(request: PersonRequest, slug: str, room_id: int, seq: int) -> HttpResponse:
    """The way of one's own message; to everyone else it is not there."""
    access = enter_room(request, slug, room_id)
    found = Message.objects.select_related("room__workspace").filter(room=access.room, seq=seq, author=request.user)
    mine = found.first()
    if mine is None:
        raise MessageNotFound
    context = {**room_context(access), "trace": trace(mine)}
    return render_either(request, "journey", access.membership, context, access.room)


def _staff(request: HttpRequest) -> User:
    return cast(User, request.user)
