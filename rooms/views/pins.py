"""A room's pinned messages."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.search import find_pinned
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either


@require_safe
@signed_in
def pins(request: PersonRequest, slug: str, room_id: int) -> HttpResponse:
    """What people keep at hand, the last pinned first."""
    access = enter_room(request, slug, room_id)
    context = {**room_context(access), "pins": find_pinned(access)}
    return render_either(request, "pins", access.membership, context, access.room)
