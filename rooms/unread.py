"""How much of each room a person has not read: always derived, never counted up and down."""

from collections.abc import Collection

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from rooms.models import Mention, Message, Room, RoomMembership
from rooms.signals import RoomState

#: What is read of each membership.
FIELDS = ("room", "room__workspace", "room__head", "position", "unread", "mentions")


def _count(messages: QuerySet[Message]) -> Coalesce:
    counted = messages.order_by().values("room").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def room_states(user: User, room_ids: Collection[int] | None = None) -> list[RoomState]:
    """Where the person's rooms, or those of them with these ids, stand for them. One query."""
    return states_of([user.pk], room_ids)[user.pk]


def states_of(user_ids: Collection[int], room_ids: Collection[int] | None = None) -> dict[int, list[RoomState]]:
    """The same for many people, by their ids. One query."""
    unread = Message.objects.filter(room=OuterRef("room"), seq__gt=OuterRef("position"), deleted_at=None).exclude(
        author=OuterRef("user")
    )
    named = Exists(Mention.objects.filter(message=OuterRef("pk"), user=OuterRef(OuterRef("user"))))
    # Whoever is out of the workspace is out of its rooms, whatever stands in a room that was joined meanwhile.
    memberships = RoomMembership.objects.filter(user__in=user_ids, room__workspace__memberships__user=F("user"))
    if room_ids is not None:
        memberships = memberships.filter(room__in=room_ids)
    counted = memberships.annotate(
        unread=_count(unread),
        mentions=Case(
            When(room__kind=Room.Kind.DIRECT, then=F("unread")),
            default=_count(unread.filter(Q(mentions_room=True) | named)),
        ),
    )
    states: dict[int, list[RoomState]] = {user_id: [] for user_id in user_ids}
    for user_id, *row, kind in counted.order_by("user", "room").values_list("user", *FIELDS, "room__kind"):
        room, workspace, head, position, unread_here, mentions = row
        states[user_id].append(
            RoomState(
                room=room,
                workspace=workspace,
                head=head,
                position=position,
                unread=unread_here,
                mentions=mentions,
                direct=kind == Room.Kind.DIRECT,
            )
        )
    return states
