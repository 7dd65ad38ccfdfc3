"""People who are here and yet lag behind: whatever lost something on the way to them, they are told to look."""

import datetime
import logging
from collections import defaultdict

from django.db.models import F
from django.utils import timezone

from collab.live import presence
from rooms.announce import announce_nudge, workspace_of_topic
from rooms.models import RoomMembership

logger = logging.getLogger(__name__)

#: Seconds after a room's newest event by which a client has confirmed it: they do so within 5 s, which takes 2 s to be
#: written.
NUDGE_AFTER = 15
#: Seconds after which nobody is nudged any more: their next hello or heartbeat finds it.
NO_LONGER_THAN = 120


def nudge_laggards() -> int:
    """Nudge everyone online whose clients have confirmed less than there is; how many they are. Near none, in peace."""
    try:
        online = _online()
    except presence.Unknown:
        # With Redis away every node looks into the log by itself.
        return 0
    laggards = {user for user, workspace in _lagging() if user in online[workspace]}
    if laggards:
        logger.info("%s people lag behind and are told to look", len(laggards))
        announce_nudge(sorted(laggards))
    return len(laggards)


def _lagging() -> list[tuple[int, int]]:
    """(user, workspace) of those who have confirmed something before, and not what has been there for a while."""
    now = timezone.now()
    behind = RoomMembership.objects.filter(
        delivered__lt=F("room__head"),
        room__head_at__lt=now - datetime.timedelta(seconds=NUDGE_AFTER),
        room__head_at__gt=now - datetime.timedelta(seconds=NO_LONGER_THAN),
    )
    return list(behind.values_list("user", "room__workspace").distinct())


def _online() -> defaultdict[int, frozenset[int]]:
    """By workspace, who is online."""
    found = presence.everyone()
    return defaultdict(
        frozenset,
        {workspace: people for topic, people in found.items() if (workspace := workspace_of_topic(topic))},
    )
