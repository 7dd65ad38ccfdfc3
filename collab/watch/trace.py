"""The way of one message, put together for whoever may see it: from its arrival to each person's screen and mail."""

import datetime
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from collab.live.errors import Unavailable
from collab.live.journeys import Journey
from collab.watch import passages
from collab.watch.models import Node
from collab.watch.passages import moment
from rooms.models import Delivery, Message, RoomMembership
from rooms.readers import MOST_READERS

State = Delivery.State

#: Seconds that somebody waits for the others who ask.
WITHIN = 3.0
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the message."""

    words: str
    at: datetime.datetime
    #: Milliseconds since it arrived, or was stored where its arrival is not known.
    after: float


@dataclass(frozen=True, slots=True)
class Reach:
    """One person's part: None where it did not happen, or is not known; `is_here`: their page has it."""

    person: User
    is_here: bool
    had_at: datetime.datetime | None
    has_read: bool
    read_at: datetime.datetime | None
    mail: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is known of a message's way."""

    message: Message
    steps: list[Step]
    people: list[Reach]
    #: People of the room, besides the author; of many only so many are listed.
    count: int
    here: int
    read: int


def trace(message: Message, most: int = MOST_READERS) -> Trace:
    """Put it together. One at a time in a process: in a busy room there is much to look through.

    Args:
        message: of a room.
        most: how many people are listed; of a room with more none is.

    Raises:
        Unavailable: others are asking.
    """
    if not _turn.acquire(timeout=WITHIN):
        raise Unavailable
    try:
        return _trace(message, most)
    finally:
        _turn.release()


def _trace(message: Message, most: int) -> Trace:
    seen = passages.journeys(message.room_id, message.seq, message.at)
    places = RoomMembership.objects.filter(room=message.room_id, user__is_active=True).exclude(user=message.author_id)
    has_it, has_read = Q(delivered__gte=message.seq) | Q(position__gte=message.seq), Q(position__gte=message.seq)
    count = places.count()
    return Trace(
        message=message,
        steps=steps(seen, _names(node for node, _ in seen)),
        people=_people(message, list(places.select_related("user").order_by("pk"))) if count <= most else [],
        count=count,
        here=places.filter(has_it).count(),
        read=places.filter(has_read).count(),
    )


def steps(seen: Sequence[tuple[str, Journey]], names: dict[str, str]) -> list[Step]:
    """What the nodes saw, in the order in which it happened.

    Args:
        seen: by node; several of one node are parts of the same.
        names: of the nodes, for people.
    """
    found = [step for node, journey in seen for step in _of_node(names.get(node, node), journey)]
    # Every node knows when it was stored, and says the same.
    stored = {journey.committed_at for _, journey in seen if journey.committed_at is not None}
    found += [("Stored", at) for at in sorted(stored)[:1]]
    found.sort(key=lambda step: step[1])
    return [Step(words, moment(at), round((at - found[0][1]) * 1000, 1)) for words, at in found]


def _of_node(name: str, journey: Journey) -> list[tuple[str, float]]:
    stored = journey.committed_at
    if stored is None:
        return []
    made = []
    if journey.committed is not None:
        made.append((f"Arrived at {name}", stored - journey.committed))
    if journey.published is not None:
        made.append(("Handed to Redis, for the other nodes", stored + journey.published))
    if journey.written is not None:
        sockets = f"{journey.sockets} open page" + ("" if journey.sockets == 1 else "s")
        made.append((f"Sent to {sockets} by {name}", stored + journey.written))
    return made


def _names(nodes: Iterable[str]) -> dict[str, str]:
    return {node.name: str(node) for node in Node.objects.filter(name__in=set(nodes))}


def _people(message: Message, places: Sequence[RoomMembership]) -> list[Reach]:
    people = [place.user_id for place in places]
    had, read = passages.reached(message.room_id, message.seq, message.at, people)
    mails = _mails(message, places)
    return [
        Reach(
            person=place.user,
            is_here=max(place.delivered or 0, place.position) >= message.seq,
            had_at=_moment(had.get(place.user_id)),
            has_read=place.position >= message.seq,
            read_at=_moment(read.get(place.user_id)),
            mail=mails.get(place.user_id, ""),
        )
        for place in places
    ]


def _moment(seconds: float | None) -> datetime.datetime | None:
    return moment(seconds) if seconds is not None else None


def _mails(message: Message, places: Sequence[RoomMembership]) -> dict[int, str]:
    """By person, what became of the mail that tells of the message; those who need none are left out."""
    named = set(message.mentions.values_list("user", flat=True))
    told = {place.user_id for place in places if place.mailed >= message.seq}
    owed = {place.user_id for place in places if _owes(message, place, named)} - told
    mails = Delivery.objects.filter(
        Q(user__in=told, state=State.SENT, sent_at__gte=message.at)
        | Q(user__in=owed, state__in=[State.WAITING, State.SENDING, State.RETRYING, State.DEAD]),
        kind=Delivery.Kind.MESSAGES,
        # A mail tells what was said since its row was made.
        created_at__lte=message.at,
    )
    return {mail.user_id or 0: _of_mail(mail) for mail in mails.order_by("-pk")}


def _owes(message: Message, place: RoomMembership, named: Collection[int]) -> bool:
    """The person has not read it, and is to be told of it by mail."""
    if place.position >= message.seq or place.notify == RoomMembership.Notify.NOTHING:
        return False
    concerns = message.mentions_room or message.room.is_direct or place.user_id in named
    return concerns or place.notify == RoomMembership.Notify.ALL


def _of_mail(mail: Delivery) -> str:
    when = timezone.localtime(mail.sent_at if mail.state == State.SENT else mail.due_at)
    words = {
        State.SENT: f"sent {when:%H:%M:%S}",
        State.WAITING: f"waits until {when:%H:%M}",
        State.SENDING: "is being sent",
        State.RETRYING: f"failed, tried again at {when:%H:%M}",
        State.DEAD: f"given up after {mail.attempts} tries",
    }
    return words.get(State(mail.state), "")
