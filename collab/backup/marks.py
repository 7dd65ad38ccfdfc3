"""Where each room stands: computed alike in the snapshot that is backed up, and in what comes out of a backup."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import psycopg

from .manifest import RoomMark

#: The same in every version and setting of PostgreSQL: no format of dates, no hash of its own. The exclusive or asks
#: for no order and holds nothing in memory; each entry's seq is in its own.
MARKS = """
SELECT room.id, room.head, room.tail, count(event.seq) FILTER (WHERE event.seq >= room.tail), md5(coalesce(bit_xor((
    'x' || md5(concat_ws('|', event.seq, event.type, coalesce(event.actor_id, 0), event.data::text,
                         extract(epoch FROM event.at)))
)::bit(128))::text, '')), said.messages, said.checksum
FROM rooms_room AS room CROSS JOIN LATERAL (
    SELECT count(*) AS messages, md5(coalesce(bit_xor((
        'x' || md5(concat_ws('|', message.seq, coalesce(message.author_id, 0), message.text,
                             extract(epoch FROM message.at), extract(epoch FROM message.deleted_at)))
    )::bit(128))::text, '')) AS checksum FROM rooms_message AS message WHERE message.room_id = room.id
) AS said LEFT JOIN rooms_event AS event ON event.room_id = room.id
GROUP BY room.id, said.messages, said.checksum ORDER BY room.id
"""


def read(connection: psycopg.Connection[Any]) -> list[RoomMark]:
    """The marks of all rooms, by id."""
    return [RoomMark(*row) for row in connection.execute(MARKS)]


def differences(expected: Sequence[RoomMark], found: Sequence[RoomMark]) -> list[str]:
    """In words, the rooms that are not as they were; none where all are."""
    before = {mark.id: mark for mark in expected}
    after = {mark.id: mark for mark in found}
    told = (_difference(before.get(room), after.get(room)) for room in sorted({*before, *after}))
    return [words for words in told if words]


def _difference(expected: RoomMark | None, found: RoomMark | None) -> str:
    if expected is None or found is None:
        there = expected or found
        assert there is not None
        return f"room {there.id} {'is missing' if found is None else 'is not in the manifest'}"
    if expected.head != found.head:
        return f"room {found.id} has head {found.head}, not {expected.head}"
    if not found.is_gapless:
        return f"room {found.id} has a gap in its log: {found.entries} entries from {found.first} to {found.head}"
    if (expected.messages, expected.said) != (found.messages, found.said):
        return f"room {found.id} has other messages than were backed up: {found.messages}, of {expected.messages}"
    return "" if expected == found else f"room {found.id} has another log than was backed up"


def as_rows(marks: Iterable[RoomMark]) -> str:
    """For COPY."""
    rows = map(msgspec.structs.astuple, marks)
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)
