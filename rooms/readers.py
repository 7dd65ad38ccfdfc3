"""Who has read how far."""

from accounts.models import User
from rooms.access import RoomAccess
from rooms.models import Message

#: In a room of more people nobody is told how far the others have read: each would be told of each.
MOST_READERS = 100


def readers(access: RoomAccess, seq: int) -> list[User]:
    """The others who have read a room up to a seq, besides whoever wrote what stands there; by name."""
    room = access.room
    if room.people.count() > MOST_READERS:
        return []
    author = Message.objects.filter(room=room, seq=seq).values("author")
    people = User.objects.filter(room_memberships__room=room, room_memberships__position__gte=seq, is_active=True)
    return list(people.exclude(pk=access.user.pk).exclude(pk__in=author).order_by("name", "pk"))


def of_newest(access: RoomAccess) -> list[User]:
    """The others who have read the newest message."""
    newest = Message.objects.filter(room=access.room, deleted_at=None).order_by("-seq").values_list("seq", flat=True)
    seq = newest.first()
    return readers(access, seq) if seq else []
