"""The room page, its rows, and the list of one's rooms."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms import readers, timeline
from rooms.access import RoomAccess, access_workspace
from rooms.naming import name_for, others_in
from rooms.sidebar import sidebar_of
from rooms.views import last_seen
from rooms.views.door import PersonRequest, enter_room, number, signed_in
from rooms.views.shell import render_page, render_part

#: Faces in the header of a room.
FACES = 4


@require_safe
@signed_in
def room(request: PersonRequest, slug: str, room_id: int) -> HttpResponse:
    """The room where the person left off in it, or around `?at=<seq>`."""
    access = enter_room(request, slug, room_id)
    last_seen.remember(request, access)
    at = number(request.GET.get("at"))
    page = timeline.where_left(access) if at is None else timeline.around(access, at)
    context = {**room_context(access), "page": page, "seen": readers.of_newest(access)}
    return render_page(request, "rooms/room.html", access.membership, context, current=access.room)


@require_safe
@signed_in
def rows(request: PersonRequest, slug: str, room_id: int) -> HttpResponse:
    """Rows before, after or around a seq; the newest ones without any."""
    access = enter_room(request, slug, room_id)
    context = {"room": access.room, "access": access, "page": _page(request, access)}
    return render_part(request, "rooms/_timeline.html", access.membership, context)


@require_safe
@signed_in
def sidebar(request: PersonRequest, slug: str) -> HttpResponse:
    """The list of one's rooms, drawn anew when one came in or went out of one."""
    membership = access_workspace(request.user, slug)
    current = number(request.GET.get("room"))
    listed = sidebar_of(membership, current)
    return render_part(request, "rooms/_room_list.html", membership, {"sidebar": listed, "room": {"pk": current}})


def room_context(access: RoomAccess) -> dict[str, object]:
    """What a page that is about one room needs to know of it."""
    room, user = access.room, access.user
    others = others_in(user, [room]).get(room.pk, [])
    people = room.memberships.filter(user__is_active=True)
    return {
        "room": room,
        "access": access,
        "room_name": name_for(user, room, others),
        "others": others,
        # As they came: whoever comes next stands last, on pages that are open too.
        "faces": [each.user for each in people.select_related("user").order_by("pk")[:FACES]],
        "people_count": people.count(),
    }


def _page(request: PersonRequest, access: RoomAccess) -> timeline.Page:
    for cut, name in ((timeline.before, "before"), (timeline.after, "after"), (timeline.around, "around")):
        seq = number(request.GET.get(name))
        if seq is not None:
            return cut(access, seq)
    return timeline.newest(access)
