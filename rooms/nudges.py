"""People who are here and yet lag behind: whatever lost something on the way to them, they are told to look."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

import structlog
from django.db import connection
from django.utils import timezone

from collab.live import presence
from rooms.announce import announce_nudge, workspace_of_topic
from rooms.arrays import as_array

logger = structlog.get_logger(__name__)

#: Seconds after an event by which a client has confirmed it: they do so within 5 s of the first that they have not
#: confirmed, which takes 2 s to be written, and 3 s are left for all to be slow.
NUDGE_AFTER = 10
#: Seconds after which nobody is nudged any more: their next hello or heartbeat finds it.
NO_LONGER_THAN = 120

# By the ORM it took 320 ms for ten thousand people in ten rooms each, here 22 (PostgreSQL 18). Nearly all who lack
# anything lack the newest event alone, and the log is not looked into for them.
_LAGGING = """
SELECT DISTINCT place.user_id, room.workspace_id
FROM rooms_roommembership AS place
JOIN rooms_room AS room ON room.id = place.room_id AND place.delivered < room.head AND room.head_at > %(too_late)s
JOIN unnest(%(people)s::bigint[]) AS online (user_id) USING (user_id)
WHERE CASE WHEN place.delivered = room.head - 1 THEN room.head_at ELSE coalesce(
    (SELECT at FROM rooms_event AS event WHERE event.room_id = room.id AND event.seq > place.delivered
     ORDER BY event.seq LIMIT 1),
    room.head_at
) END BETWEEN %(too_late)s AND %(late)s
"""


def nudge_laggards() -> int:
    """Nudge everyone online whose clients have confirmed less than there is; how many they are. Near none, in peace."""
    try:
        online = _online()
    except presence.Unknown:
        # With Redis away every node looks into the log by itself.
        return 0
    people = frozenset[int]().union(*online.values())
    laggards = {user for user, workspace in _lagging(people) if user in online[workspace]}
    if laggards:
        logger.info("laggards_nudged", people=len(laggards))
        announce_nudge(sorted(laggards))
    return len(laggards)


def _lagging(people: Collection[int]) -> list[tuple[int, int]]:
    """(user, workspace) of those who have confirmed something before, and not what has been there for a while.

    The first event that they lack counts, not the room's newest: in a busy room that is always a fresh one. Where the
    log has none of these events any more, the newest has to do.
    """
    now = timezone.now()
    moments = {"late": now - timedelta(seconds=NUDGE_AFTER), "too_late": now - timedelta(seconds=NO_LONGER_THAN)}
    with connection.cursor() as cursor:
        cursor.execute(_LAGGING, {"people": as_array(people), **moments})
        return [(user, workspace) for user, workspace in cursor.fetchall()]


def _online() -> defaultdict[int, frozenset[int]]:
    """By workspace, who is online."""
    found = presence.everyone()
    return defaultdict(
        frozenset,
        {workspace: people for topic, people in found.items() if (workspace := workspace_of_topic(topic))},
    )
