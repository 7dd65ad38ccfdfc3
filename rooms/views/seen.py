"""Who has seen a message."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.readers import readers
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either


@require_safe
@signed_in
def seen(request: PersonRequest, slug: str, room_id: int, seq: int) -> HttpResponse:
    """The people who have read the room up to a seq."""
    access = enter_room(request, slug, room_id)
    context = {**room_context(access), "seen": readers(access, seq)}
    return render_either(request, "seen_list", access.membership, context, access.room)
