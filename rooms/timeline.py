"""A room's timeline as pages show it: its rows, cut by seq, never by time."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Min
from django.utils import timezone

from rooms.access import RoomAccess
from rooms.models import Message
from rooms.rows import Row, Stretch

#: Rows in a page, where nobody asks for another number.
LIMIT = 40

#: Messages of one person that follow each other within this time stand under one name.
GROUPED_WITHIN = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order of seq, and whether there are more before and after them."""

    rows: Sequence[Row]
    older: bool
    newer: bool


def where_left(access: RoomAccess, limit: int = LIMIT) -> Page:
    """The last rows of the room; where more is unread than they hold, those about the first unread message."""
    first_new = _first_new(access)
    if first_new is None or Stretch(access).count_from(first_new, limit) <= limit:
        return newest(access, limit)
    return around(access, first_new, limit)


def newest(access: RoomAccess, limit: int = LIMIT) -> Page:
    """The last rows of the room."""
    earlier = Stretch(access).earlier(access.room.head + 1, limit + 1)
    return _page(access, earlier, [], limit, newer=False)


def before(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows that end before a seq."""
    stretch = Stretch(access)
    return _page(access, stretch.earlier(seq, limit + 1), [], limit, newer=stretch.has_from(seq))


def after(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows that begin after a seq."""
    stretch = Stretch(access)
    later = stretch.later(seq + 1, limit + 1)
    return _page(access, stretch.earlier(seq + 1, 1), later[:limit], 0, newer=len(later) > limit)


def around(access: RoomAccess, seq: int, limit: int = LIMIT) -> Page:
    """The rows on both sides of a seq, with its own."""
    stretch, half = Stretch(access), limit // 2
    later = stretch.later(seq, limit - half + 1)
    earlier = stretch.earlier(seq, half + 1)
    return _page(access, earlier, later[: limit - half], half, newer=len(later) > limit - half)


def _page(access: RoomAccess, earlier: list[Row], later: list[Row], limit: int, *, newer: bool) -> Page:
    """Of one row more before than the page may have, the first only tells whether the next one continues it."""
    older = len(earlier) > limit
    previous = earlier.pop(0) if older else None
    rows = [*earlier, *later]
    _join(previous, rows, _first_new(access))
    _fold(rows)
    return Page(rows=rows, older=older, newer=newer)


def _first_new(access: RoomAccess) -> int | None:
    """Seq of the first message that counts as unread."""
    if access.room_membership is None:
        return None
    unread = Message.objects.filter(room=access.room, seq__gt=access.room_membership.position, deleted_at=None)
    seq: int | None = unread.exclude(author=access.user).aggregate(first=Min("seq"))["first"]
    return seq


def _join(previous: Row | None, rows: Iterable[Row], first_new: int | None) -> None:
    """Say of each row how it stands to the one before it."""
    above = previous
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


def _continues(above: Row, row: Row) -> bool:
    is_talk = above.type == row.type == "posted"
    return is_talk and row.actor is not None and row.actor == above.actor and row.at - above.at < GROUPED_WITHIN
