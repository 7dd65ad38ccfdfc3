"""Who has seen a message."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.readers import readers
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either, render_part


@require_safe
@signed_in
def seen(request: PersonRequest, slug: str, room_id: int, seq: int) -> HttpResponse:
    """The people who have read the room up to a seq; as a row of faces for the foot of the timeline."""
    access = enter_room(request, slug, room_id)
    context = {"seen": readers(access, seq)}
    if request.htmx.target == "seen":
        return render_part(request, "rooms/_seen.html", access.membership, context)
    return render_either(request, "seen_list", access.membership, {**room_context(access), **context}, access.room)
