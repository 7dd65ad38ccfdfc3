"""Whom new messages are to be told of by mail, should they stay away: decided in the transaction that stores them."""

import datetime
from collections.abc import Mapping, Sequence

from rooms.deliveries import schedule
from rooms.events import Posted
from rooms.models import Room
from rooms.statements import Statement

# The row that waits already is locked, not only found: a sender that claims it now would not see these messages yet.
# Everyone's rows are taken in one order, so that two batches never wait for each other in a ring.
# A mail tells what was said since its row's time. That is moved back to an earlier one of a message that comes later:
# from a node whose clock is behind, or from a transaction that began before and ended after.
_TELL = """
WITH posted AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) AS posted (room_id, author_id, names_all)
), named AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS named (room_id, author_id, user_id)
)
INSERT INTO rooms_delivery (kind, state, key, user_id, created_at, due_at, attempts, last_error)
SELECT 'messages', 'waiting', gen_random_uuid(), told.user_id, %s, %s, 0, '' FROM (
    SELECT place.user_id FROM posted JOIN rooms_roommembership AS place USING (room_id)
    WHERE place.notify = 'all' AND place.user_id <> posted.author_id
    UNION
    SELECT place.user_id FROM posted JOIN rooms_roommembership AS place USING (room_id)
    WHERE posted.names_all = 1 AND place.notify = 'mentions' AND place.user_id <> posted.author_id
    UNION
    SELECT place.user_id FROM named JOIN rooms_roommembership AS place USING (room_id, user_id)
    WHERE place.notify <> 'nothing' AND named.user_id <> named.author_id
) AS told
WHERE NOT EXISTS (SELECT FROM rooms_mailsettings AS wish WHERE wish.user_id = told.user_id AND NOT wish.is_on)
ORDER BY told.user_id
ON CONFLICT (user_id) WHERE kind = 'messages' AND state = 'waiting'
DO UPDATE SET created_at = LEAST(rooms_delivery.created_at, EXCLUDED.created_at)
"""


def tell(posted: Sequence[Posted], rooms: Mapping[int, Room], at: datetime.datetime) -> Statement:
    """Has a mail wait for everyone whom these messages concern; `rooms` has theirs by id."""
    said = {(event.room, _author(event), int(event.mentions_room or rooms[event.room].is_direct)) for event in posted}
    named = {(event.room, _author(event), user) for event in posted for user in event.mentions}
    return Statement(_TELL, [*_columns(said), *_columns(named), at, at + schedule.gathering()])


def _author(event: Posted) -> int:
    return event.actor.id if event.actor else 0


def _columns(rows: set[tuple[int, int, int]]) -> list[list[int]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
