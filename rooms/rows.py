"""The rows of a room's timeline: messages as they stand now, and notices from the log.

Of long ago the log keeps notices alone, so what was said is read from where it stands.
"""

import datetime
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from accounts.cards import Person
from accounts.models import User
from rooms import codec
from rooms.access import RoomAccess
from rooms.events import Joined, RoomEvent
from rooms.models import NOTICES, Event, Message, Reaction

#: Of the notices, what tells nobody anything in a direct conversation: its people have been in it all along.
SHOWN_IN_ROOMS = ("created", "joined")

#: Names in a line that tells of several people; with more there are two, and how many others.
NAMED = 3


@dataclass(slots=True, kw_only=True)
class Row:
    """A message, or a notice of something that happened."""

    seq: int
    type: str
    at: datetime.datetime
    actor: User | None
    #: Of a message; None for a notice.
    message: Message | None = None
    #: Emoji in the order in which they first came, each with its people.
    reactions: list[tuple[str, list[User]]] = field(default_factory=list)
    #: It names whoever looks, or the whole room, and is not their own.
    mentions_me: bool = False
    #: Of a notice, with people as they are now; None for a message.
    event: RoomEvent | None = None
    #: Whom a notice is about.
    person: Person | None = None
    #: Names of those whose coming the notice tells: with more than one it stands for the notices folded into it.
    came: list[str] = field(default_factory=list)
    #: The notice above tells of it.
    folded: bool = False
    #: It stands under the name of the message before it.
    continues: bool = False
    #: A day line stands before it.
    new_day: bool = False
    #: The line "new" stands before it.
    is_new_line: bool = False

    @property
    def coming(self) -> str:
        """How somebody came, alike for all that are told in one line; empty for a row of another kind."""
        if self.type != "joined" or self.person is None:
            return ""
        actor = self.actor.pk if self.actor else None
        return "joined" if actor == self.person.id else f"added {actor or ''}"

    @property
    def named(self) -> list[str]:
        """Who is told by name of those who came."""
        return self.came if len(self.came) <= NAMED else self.came[: NAMED - 1]

    @property
    def others(self) -> list[str]:
        """Who else came."""
        return self.came[len(self.named) :]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of a room as far as somebody's page of it goes.

    A page names the head that the room was read with, and what came since then arrives on its socket.
    """

    access: RoomAccess

    def later(self, seq: int, limit: int) -> list[Row]:
        """The first rows from a seq on."""
        messages = self._messages.filter(seq__gte=seq).order_by("seq")[:limit]
        notices = self._notices.filter(seq__gte=seq).order_by("seq")[:limit]
        return self._rows(messages, notices)[:limit]

    def earlier(self, seq: int, limit: int) -> list[Row]:
        """The last rows before a seq, in order."""
        messages = self._messages.filter(seq__lt=seq).order_by("-seq")[:limit]
        notices = self._notices.filter(seq__lt=seq).order_by("-seq")[:limit]
        rows = self._rows(messages, notices)
        return rows[max(len(rows) - limit, 0) :]

    def has_from(self, seq: int) -> bool:
        """Whether there is any row from a seq on."""
        return any(of.filter(seq__gte=seq).exists() for of in (self._messages, self._notices))

    def count_from(self, seq: int, most: int) -> int:
        """How many rows there are from a seq on; where there are more than `most`, at least one more than that."""
        return sum(of.filter(seq__gte=seq)[: most + 1].count() for of in (self._messages, self._notices))

    @property
    def _messages(self) -> QuerySet[Message]:
        return Message.objects.filter(room=self.access.room, seq__lte=self.access.room.head)

    @property
    def _notices(self) -> QuerySet[Event]:
        written = Event.objects.filter(room=self.access.room, seq__lte=self.access.room.head)
        passed_over = SHOWN_IN_ROOMS if self.access.room.is_direct else ()
        return written.filter(type__in=[kind for kind in NOTICES if kind not in passed_over])

    def _rows(self, messages: QuerySet[Message], notices: QuerySet[Event]) -> list[Row]:
        said = [_message_row(message, self.access.user) for message in with_marks(messages).select_related("author")]
        events = list(notices.select_related("actor"))
        told = zip(events, codec.from_rows(events), strict=True)
        return sorted([*said, *(_notice_row(event, as_told) for event, as_told in told)], key=lambda row: row.seq)


def with_marks(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with all that their rows show: pin, mentions, reactions and their people."""
    reactions = Reaction.objects.select_related("user").order_by("seq")
    return messages.select_related("pin").prefetch_related("mentions", Prefetch("reactions", reactions))


def reactions_of(message: Message) -> list[tuple[str, list[User]]]:
    """The emoji on a message in the order in which they first came, each with its people."""
    people: dict[str, list[User]] = {}
    for reaction in message.reactions.all():
        people.setdefault(reaction.emoji, []).append(reaction.user)
    return list(people.items())


def _message_row(message: Message, me: User) -> Row:
    return Row(
        seq=message.seq,
        type="posted",
        at=message.at,
        actor=message.author,
        message=message,
        reactions=reactions_of(message),
        mentions_me=_names(message, me),
    )


def _notice_row(event: Event, told: RoomEvent) -> Row:
    return Row(
        seq=event.seq,
        type=event.type,
        at=event.at,
        actor=event.actor,
        event=told,
        person=getattr(told, "person", None),
        came=[told.person.name] if isinstance(told, Joined) else [],
    )


def _names(message: Message, me: User) -> bool:
    if message.author_id == me.pk or message.deleted_at:
        return False
    return message.mentions_room or any(mention.user_id == me.pk for mention in message.mentions.all())
