"""What a message said before it was edited."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rooms.errors import MessageNotFound
from rooms.models import Message
from rooms.views.door import PersonRequest, enter_room, signed_in
from rooms.views.rooms import room_context
from rooms.views.shell import render_either


@require_safe
@signed_in
def wordings(request: PersonRequest, slug: str, room_id: int, seq: int) -> HttpResponse:
    """Its earlier wordings, the first one first; none of a deleted message."""
    access = enter_room(request, slug, room_id)
    message = Message.objects.filter(room=access.room, seq=seq).first()
    if message is None:
        raise MessageNotFound
    earlier = message.wordings.order_by("edit_seq") if message.deleted_at is None else []
    context = {**room_context(access), "wordings": earlier}
    return render_either(request, "wordings", access.membership, context, access.room)
