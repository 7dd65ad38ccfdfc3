"""Who has read how far."""

from accounts.cards import card
from accounts.models import User
from rooms.access import RoomAccess, access_room
from rooms.models import Message, Room, RoomMembership
from rooms.signals import Reader, Readers

#: In a room of more people nobody is told how far the others have read: each would be told of each.
MOST_READERS = 100


def readers(access: RoomAccess, seq: int) -> list[User]:
    """The others who have read a room up to a seq, besides whoever wrote what stands there; as they came."""
    author = Message.objects.filter(room=access.room, seq=seq).values_list("author", flat=True).first()
    people = [each.user for each in _people(access.room) if each.position >= seq]
    return [person for person in people if person.pk not in {access.user.pk, author}]


def of_newest(access: RoomAccess) -> list[User]:
    """The others who have read the newest message."""
    newest = Message.objects.filter(room=access.room, deleted_at=None).order_by("-seq").values_list("seq", flat=True)
    seq = newest.first()
    return readers(access, seq) if seq else []


def of_room(user: User, room_id: int) -> Readers:
    """How far everyone in a room has read, for somebody in it.

    Raises:
        RoomNotFound: they are not in it.
    """
    people = _people(access_room(user, room_id).joined().room)
    return Readers(room=room_id, readers=tuple(Reader(card(each.user), each.position) for each in people))


def _people(room: Room) -> list[RoomMembership]:
    """Who is in the room, in the order in which they came; in a big one nobody is told of."""
    places = room.memberships.filter(user__is_active=True).select_related("user").order_by("pk")
    people = list(places[: MOST_READERS + 1])
    return people if len(people) <= MOST_READERS else []
