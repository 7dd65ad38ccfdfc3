"""Finding public rooms, and making a room."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from rooms.access import access_workspace, visible_rooms
from rooms.actions.rooms import create_room
from rooms.errors import NotAllowed
from rooms.forms import RoomForm
from rooms.models import Membership, Room, RoomMembership
from rooms.search import words_of
from rooms.views.door import PersonRequest, signed_in
from rooms.views.shell import render_either, render_page, render_part

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A room that may be joined."""

    room: Room
    #: How many are in it.
    count: int
    #: Whoever looks is in it.
    is_member: bool


@require_safe
@signed_in
def rooms_browse(request: PersonRequest, slug: str) -> HttpResponse:
    """Public rooms with all words of `q` in their name or topic; open ones first."""
    membership = access_workspace(request.user, slug)
    query = request.GET.get("q", "")
    context = {"q": query.strip(), "rooms": _listed(membership, words_of(query))}
    if request.htmx:
        return render_part(request, "rooms/_browse.html", membership, context)
    return render_page(request, "rooms/browse.html", membership, context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def room_new(request: PersonRequest, slug: str) -> HttpResponse:
    """The form; posted to, it makes the room and goes there."""
    membership = access_workspace(request.user, slug)
    if membership.is_guest:
        raise NotAllowed("Guests do not make rooms. Ask a member to make one and to add you.")
    form = RoomForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (room := form.carry_out(lambda data: create_room(by=membership, **data))):
        url = reverse("room", args=[slug, room.pk])
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    return render_either(request, "room_new", membership, {"form": form})


def _listed(membership: Membership, words: Collection[str]) -> list[Listed]:
    mine = Exists(RoomMembership.objects.filter(room=OuterRef("pk"), user=membership.user_id))
    rooms = visible_rooms(membership).filter(kind=Room.Kind.PUBLIC)
    for word in words:
        rooms = rooms.filter(Q(name__icontains=word) | Q(topic__icontains=word))
    counted = rooms.annotate(count=Count("memberships"), mine=mine)
    ordered = counted.order_by(F("archived_at").asc(nulls_first=True), "name", "pk")
    return [Listed(room, room.count, room.mine) for room in ordered[:MOST_LISTED]]
