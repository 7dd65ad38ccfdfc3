"""How much of each room a person has not read: always derived, never counted up and down."""

from collections.abc import Collection

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from rooms.models import Mention, Message, Room, RoomMembership
from rooms.signals import RoomState


def _count(messages: QuerySet[Message]) -> Coalesce:
    counted = messages.order_by().values("room").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def room_states(user: User, room_ids: Collection[int] | None = None) -> list[RoomState]:
    """Where the person's rooms, or those of them with these ids, stand for them. One query."""
    unread = Message.objects.filter(room=OuterRef("room"), seq__gt=OuterRef("position"), deleted_at=None).exclude(
        author=user
    )
    named = Exists(Mention.objects.filter(message=OuterRef("pk"), user=user))
    # Whoever is out of the workspace is out of its rooms, whatever stands in a room that was joined meanwhile.
    memberships = RoomMembership.objects.filter(user=user, room__workspace__memberships__user=user)
    if room_ids is not None:
        memberships = memberships.filter(room__in=room_ids)
    counted = memberships.select_related("room").annotate(
        unread=_count(unread),
        mentions=Case(
            When(room__kind=Room.Kind.DIRECT, then=F("unread")),
            default=_count(unread.filter(Q(mentions_room=True) | named)),
        ),
    )
    return [
        RoomState(
            room=each.room_id,
            workspace=each.room.workspace_id,
            head=each.room.head,
            position=each.position,
            unread=each.unread,
            mentions=each.mentions,
            direct=each.room.is_direct,
        )
        for each in counted.order_by("room")
    ]
