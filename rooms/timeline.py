"""A room's timeline as pages show it: rows made from the log, cut by seq, never by time."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Min, Prefetch, QuerySet
from django.utils import timezone

from accounts.cards import Person
from accounts.models import User
from rooms import codec
from rooms.access import RoomAccess
from rooms.events import Joined, RoomEvent
from rooms.models import Event, Message, Reaction

#: Events that have a row of their own; the others change a message's row.
SHOWN = "created posted pinned renamed topic_changed joined left removed role_changed archived unarchived".split()

#: Of these, what tells nobody anything in a direct conversation: its two or more people have been in it all along.
SHOWN_IN_ROOMS = ("created", "joined")

#: Rows in a page, where nobody asks for another number.
LIMIT = 40

#: Messages of one person that follow each other within this time stand under one name.
GROUPED_WITHIN = datetime.timedelta(minutes=5)

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
class Page:
    """Some rows in order of seq, and whether there are more before and after them."""

    rows: Sequence[Row]
    older: bool
    newer: bool


def where_left(access: RoomAccess, limit: int = LIMIT) -> Page:
    """The last rows of the room; where more is unread than they hold, those about the first unread message."""
    first_new = _first_new(access)
    if first_new is None or _shown(access).filter(seq__gte=first_new)[: limit + 1].count() <= limit:
        return newest(access, limit)
    return around(access, first_new, limit)


def newest(access: RoomAccess, limit: int = LIMIT) -> Page:
    """The last rows of the room."""
    earlier = _backwards(_shown(access), limit)
    return _page(access, earlier, [], limit, newer=False)


def before(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows that end before a seq."""
    shown = _shown(access)
    earlier = _backwards(shown.filter(seq__lt=seq), limit)
    return _page(access, earlier, [], limit, newer=shown.filter(seq__gte=seq).exists())


def after(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows that begin after a seq."""
    shown = _shown(access)
    later = list(shown.filter(seq__gt=seq).order_by("seq")[: limit + 1])
    return _page(access, _backwards(shown.filter(seq__lte=seq), 0), later[:limit], 0, newer=len(later) > limit)


def around(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows on both sides of a seq, with its own."""
    shown, half = _shown(access), limit // 2
    later = list(shown.filter(seq__gte=seq).order_by("seq")[: limit - half + 1])
    earlier = _backwards(shown.filter(seq__lt=seq), half)
    return _page(access, earlier, later[: limit - half], half, newer=len(later) > limit - half)


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


def _shown(access: RoomAccess) -> QuerySet[Event]:
    """What the room's head covers: a page names that head, and what came since then arrives on its socket."""
    written = Event.objects.filter(room=access.room, seq__lte=access.room.head)
    passed_over = SHOWN_IN_ROOMS if access.room.is_direct else ()
    return written.filter(type__in=SHOWN).exclude(type__in=passed_over).select_related("actor")


def _backwards(shown: QuerySet[Event], limit: int) -> list[Event]:
    """The last `limit` and, first of them, the one before: it tells whether the next one continues it."""
    return list(shown.order_by("-seq")[: limit + 1])[::-1]


def _page(access: RoomAccess, earlier: list[Event], later: list[Event], limit: int, *, newer: bool) -> Page:
    older = len(earlier) > limit
    previous = earlier.pop(0) if older else None
    rows = _rows(access, [*earlier, *later])
    _join(previous, rows, _first_new(access))
    _fold(rows)
    return Page(rows=rows, older=older, newer=newer)


def _rows(access: RoomAccess, events: list[Event]) -> list[Row]:
    seqs = [event.seq for event in events if event.type == "posted"]
    messages = with_marks(Message.objects.filter(room=access.room, seq__in=seqs))
    spoken = {message.seq: message for message in messages}
    told = {event.seq: event for event in codec.from_rows(event for event in events if event.type != "posted")}
    return [_row(event, spoken.get(event.seq), told.get(event.seq), access.user) for event in events]


def _row(event: Event, message: Message | None, told: RoomEvent | None, me: User) -> Row:
    return Row(
        seq=event.seq,
        type=event.type,
        at=event.at,
        actor=event.actor,
        message=message,
        reactions=reactions_of(message) if message else [],
        mentions_me=message is not None and _names(message, me),
        event=told,
        person=getattr(told, "person", None),
        came=[told.person.name] if isinstance(told, Joined) else [],
    )


def _names(message: Message, me: User) -> bool:
    if message.author_id == me.pk or message.deleted_at:
        return False
    return message.mentions_room or any(mention.user_id == me.pk for mention in message.mentions.all())


def _first_new(access: RoomAccess) -> int | None:
    """Seq of the first message that counts as unread."""
    if access.room_membership is None:
        return None
    unread = Message.objects.filter(room=access.room, seq__gt=access.room_membership.position, deleted_at=None)
    seq: int | None = unread.exclude(author=access.user).aggregate(first=Min("seq"))["first"]
    return seq


def _join(previous: Event | None, rows: Iterable[Row], first_new: int | None) -> None:
    """Say of each row how it stands to the one before it."""
    above: Event | Row | None = previous
    for row in rows:
        row.is_new_line = row.seq == first_new
        row.new_day = above is None or timezone.localdate(above.at) != timezone.localdate(row.at)
        row.continues = above is not None and not row.new_day and not row.is_new_line and _continues(above, row)
        above = row


def _fold(rows: Iterable[Row]) -> None:
    """Let the first of several comings in a row tell of them all."""
    first: Row | None = None
    for row in rows:
        row.folded = bool(first and row.coming and row.coming == first.coming and not row.new_day)
        if first is None or not row.folded:
            first = row
        else:
            first.came += row.came


def _continues(above: Event | Row, row: Row) -> bool:
    is_talk = above.type == row.type == "posted"
    return is_talk and row.actor is not None and row.actor == above.actor and row.at - above.at < GROUPED_WITHIN
