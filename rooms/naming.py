"""What a room is called: its name or, in a direct conversation, its people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from accounts.models import User
from rooms.models import Room, RoomMembership


def name_for(user: User, room: Room, others: Collection[User]) -> str:
    """The room's name as this person reads it; `others` are the people of a direct conversation besides them."""
    if not room.is_direct:
        return room.name
    return ", ".join(person.name for person in others) or f"{user.name} (you)"


def others_in(user: User, rooms: Iterable[Room]) -> Mapping[int, list[User]]:
    """By room id, the people of each direct conversation besides this person, in order of name. One query."""
    directs = [room.pk for room in rooms if room.is_direct]
    others: dict[int, list[User]] = defaultdict(list)
    memberships = RoomMembership.objects.filter(room__in=directs).exclude(user=user).select_related("user")
    for membership in memberships.order_by("user__name", "user"):
        others[membership.room_id].append(membership.user)
    return others


def names_for(user: User, rooms: Collection[Room]) -> dict[int, str]:
    """By room id, what each is called for this person. One query."""
    others = others_in(user, rooms)
    return {room.pk: name_for(user, room, others.get(room.pk, [])) for room in rooms}
