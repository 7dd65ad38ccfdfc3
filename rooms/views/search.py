"""Search-as-you-type through what was said."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.access import access_workspace
from rooms.models import Room
from rooms.search import LONGEST_QUERY, find_messages
from rooms.views.door import PersonRequest, enter_room, number, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either, render_part


@require_safe
@signed_in
def search(request: PersonRequest, slug: str) -> HttpResponse:
    """Messages with all the words of `q`, everywhere one may look or in one room."""
    membership = access_workspace(request.user, slug)
    query, room_id = request.GET.get("q", "")[:LONGEST_QUERY].strip(), number(request.GET.get("room"))
    about = room_context(enter_room(request, slug, room_id)) if room_id is not None else {}
    room = about.get("room")
    found = find_messages(membership, query, room if isinstance(room, Room) else None)
    context = {**about, "q": query, "found": found}
    if request.htmx and "results" in request.GET:
        return render_part(request, "rooms/_search_results.html", membership, context)
    return render_either(request, "search", membership, context)
