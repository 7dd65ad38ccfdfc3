"""What a mail of messages says: looked up when it is sent, so that it tells of nothing that was read meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from rooms.models import Delivery, Mention, Message, Room, RoomMembership

#: Messages shown in one mail; of more only the number is told.
MOST_SHOWN = 20
Notify = RoomMembership.Notify
State = Delivery.State


@dataclass(frozen=True, slots=True)
class Part:
    """What is new in one room."""

    room: Room
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told."""

    user: User
    parts: list[Part]
    #: Messages that are not shown.
    more: int
    #: By room, the seq up to which this mail tells.
    told: dict[int, int]

    @property
    def count(self) -> int:
        """Messages that are told of."""
        return sum(len(part.messages) for part in self.parts) + self.more


def digest(delivery: Delivery) -> Digest | None:
    """What a mail of messages is to say now; None: nothing any more."""
    user = delivery.user
    if user is None or not user.is_active:
        return None
    messages = list(_untold(user, delivery).order_by("room", "seq"))
    if not messages:
        return None
    shown = messages[:MOST_SHOWN]
    parts = [Part(room, list(said)) for room, said in groupby(shown, key=lambda message: message.room)]
    return Digest(user=user, parts=parts, more=len(messages) - len(shown), told=_newest(messages))


def _untold(user: User, delivery: Delivery) -> QuerySet[Message]:
    """Messages of others, since the person was last told all, that they want to be told of and have not read."""
    places = RoomMembership.objects.filter(
        room=OuterRef("room"), user=user, room__workspace__memberships__user=user
    ).exclude(notify=Notify.NOTHING)
    unread = places.filter(position__lt=OuterRef("seq"), mailed__lt=OuterRef("seq"))
    named = Exists(Mention.objects.filter(message=OuterRef("pk"), user=user))
    concerns = Q(mentions_room=True) | named | Q(room__kind=Room.Kind.DIRECT) | Exists(unread.filter(notify="all"))
    since = Subquery(_owed(user, delivery).order_by("created_at").values("created_at")[:1])
    recent = Message.objects.filter(Exists(unread), at__gte=since, deleted_at=None).exclude(author=user)
    return recent.filter(concerns).select_related("room__workspace", "author")


def _owed(user: User, delivery: Delivery) -> QuerySet[Delivery]:
    """The person's mails that have not told what they were to tell: this one, those on their way, those given up.

    A mail counts everything up to its newest message as told. So it goes back as far as any of these, lest it leave out
    what another was to tell, and it asks for them in the statement that finds the messages, lest one come in between.
    """
    owed = Q(state__in=[State.WAITING, State.SENDING, State.RETRYING, State.DEAD]) | Q(pk=delivery.pk)
    return Delivery.objects.filter(owed, user=user, kind=Delivery.Kind.MESSAGES)


def _newest(messages: Iterable[Message]) -> dict[int, int]:
    return {message.room_id: message.seq for message in messages}


def note_told(told: Digest) -> None:
    """Remember what the person was told of, so that no other mail tells it again, nor one that was given up."""
    # Locked in the order in which positions are written, so that neither waits for the other in a ring.
    locked = RoomMembership.objects.select_for_update().filter(user=told.user, room__in=told.told)
    places = list(locked.order_by("pk"))
    for place in places:
        place.mailed = max(place.mailed, told.told[place.room_id])
    RoomMembership.objects.bulk_update(places, ["mailed"])
    given_up = Delivery.objects.filter(user=told.user, kind=Delivery.Kind.MESSAGES, state=State.DEAD)
    given_up.update(state=State.NOT_NEEDED)
