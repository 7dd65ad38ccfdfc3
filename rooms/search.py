"""Finding messages by their words and people and rooms by their names."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from accounts.models import User
from rooms.access import RoomAccess, visible_rooms
from rooms.models import Membership, Message, Room
from rooms.naming import names_for

#: Found messages shown; whoever wants others asks for more words.
MOST_FOUND = 40
MOST_WORDS = 12
LONGEST_QUERY = 200
#: People that match a query so short that it should be longer.
MOST_RANKED = 300

TAGS = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message as lists of messages show it."""

    author: User | None
    room_id: int
    #: What its room is called for whoever searches.
    room: str
    seq: int
    at: datetime.datetime
    #: Its sanitised HTML, with what was searched for in `<mark>`.
    html: str


def find_messages(membership: Membership, query: str, room: Room | None = None) -> list[Found]:
    """Messages in rooms that the person may see that have all words of the query, or longer ones; newest first."""
    words = words_of(query)
    if not words:
        return []
    rooms = visible_rooms(membership)
    within = rooms.filter(pk=room.pk) if room else rooms
    lexemes = SearchQuery(_prefixes(words), search_type="raw", config="simple")
    found = Message.objects.filter(room__in=within.values("pk"), words=lexemes, deleted_at=None)
    return found_of(membership.user, found.order_by("-pk")[:MOST_FOUND], words)


def found_of(user: User, messages: QuerySet[Message], words: Sequence[str] = ()) -> list[Found]:
    """Messages as lists show them, in the order given. Two queries."""
    listed = list(messages.select_related("author", "room"))
    names = names_for(user, {message.room for message in listed})
    return [
        Found(
            author=message.author,
            room_id=message.room_id,
            room=names[message.room_id],
            seq=message.seq,
            at=message.at,
            html=mark(message.html, words),
        )
        for message in listed
    ]


def find_pinned(access: RoomAccess) -> list[Found]:
    """The room's pinned messages, the last pinned first."""
    pinned = Message.objects.filter(room=access.room, pin__isnull=False)
    return found_of(access.user, pinned.order_by("-pin__seq"))


def words_of(query: str) -> list[str]:
    """What the query asks for: its first words, without what no text contains."""
    return query.replace("\x00", " ")[:LONGEST_QUERY].split()[:MOST_WORDS]


def _prefixes(words: Iterable[str]) -> str:
    """Words as PostgreSQL's to_tsquery takes them: quoted, so that nothing in them is an operator, and open-ended."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted)


def mark(html: str, words: Sequence[str]) -> str:
    """Sanitised HTML with `<mark>` around words that begin with one of these; tags and entities are left alone."""
    stems = [re.escape(stem) for word in words for stem in re.findall(r"\w+", word)]
    if not stems:
        return html
    beginnings = re.compile(rf"(?<![\w&#])(?:{'|'.join(stems)})\w*", re.IGNORECASE)
    parts = TAGS.split(html)
    # Odd parts are tags: what the pattern captures.
    parts[::2] = [beginnings.sub(r"<mark>\g<0></mark>", part) for part in parts[::2]]
    return "".join(parts)


def find_people(people: QuerySet[User], query: str, limit: int = 50) -> list[User]:
    """People whose name, a word of it or handle begins with the query; the best match first, all for an empty one."""
    wanted = " ".join(words_of(query)).removeprefix("@")
    if wanted:
        by_name = Q(name__istartswith=wanted) | Q(name__icontains=f" {wanted}")
        people = people.filter(by_name | Q(handle__startswith=wanted.lower()))
    listed = people.order_by("name", "pk")[:MOST_RANKED]
    ranked = sorted(listed, key=lambda person: min(rank(person.name, wanted), rank(person.handle, wanted)))
    return ranked[:limit]


#: What `rank` says of a name that does not match.
NO_MATCH = 9


def rank(name: str, query: str) -> int:
    """How well a name answers a query: 0 exactly, 1 it begins so, 2 a word of it does, NO_MATCH not at all."""
    name, query = name.casefold(), query.casefold()
    if name == query:
        return 0
    if name.startswith(query):
        return 1
    return 2 if re.search(rf"(?<!\w){re.escape(query)}", name) else NO_MATCH
