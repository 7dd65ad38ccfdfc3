"""Completing an @mention."""

import msgspec
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.cards import card
from accounts.models import User
from rooms.search import LONGEST_QUERY, find_people
from rooms.views.door import PersonRequest, enter_room, signed_in

MOST_COMPLETED = 8


@require_safe
@signed_in
def room_people(request: PersonRequest, slug: str, room_id: int) -> HttpResponse:
    """At most eight other people of the room by the beginning of a name or handle, as JSON."""
    access = enter_room(request, slug, room_id)
    others = User.objects.filter(room_memberships__room=access.room, is_active=True).exclude(pk=request.user.pk)
    found = find_people(others, request.GET.get("q", "")[:LONGEST_QUERY], MOST_COMPLETED)
    return JsonResponse([msgspec.to_builtins(card(person)) for person in found], safe=False)
