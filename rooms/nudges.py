"""People who are here and yet lag behind: whatever lost something on the way to them, they are told to look."""

import datetime
import logging
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from collab.live import presence
from rooms.announce import announce_nudge, workspace_of_topic
from rooms.models import Event, RoomMembership

logger = logging.getLogger(__name__)

#: Seconds after an event by which a client has confirmed it: they do so within 5 s of the first that they have not
#: confirmed, which takes 2 s to be written, and 3 s are left for all to be slow.
NUDGE_AFTER = 10
#: Seconds after which nobody is nudged any more: their next hello or heartbeat finds it.
NO_LONGER_THAN = 120


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
        logger.info("%s people lag behind and are told to look", len(laggards))
        announce_nudge(sorted(laggards))
    return len(laggards)


def _lagging(people: Collection[int]) -> list[tuple[int, int]]:
    """(user, workspace) of those who have confirmed something before, and not what has been there for a while.

    The first event that they lack counts, not the room's newest: in a busy room that is always a fresh one. Where the
    log has none of these events any more, the newest has to do.
    """
    now = timezone.now()
    lacking = Event.objects.filter(room=OuterRef("room"), seq__gt=OuterRef("delivered")).order_by("seq")
    behind = RoomMembership.objects.filter(user__in=people, delivered__lt=F("room__head")).annotate(
        since=Case(
            # Nearly all who lack anything lack but this, and the log need not be looked into for them.
            When(delivered=F("room__head") - 1, then=F("room__head_at")),
            default=Coalesce(Subquery(lacking.values("at")[:1]), F("room__head_at")),
        )
    )
    lagging = behind.filter(
        since__lt=now - datetime.timedelta(seconds=NUDGE_AFTER),
        since__gt=now - datetime.timedelta(seconds=NO_LONGER_THAN),
    )
    return list(lagging.values_list("user", "room__workspace").distinct())


def _online() -> defaultdict[int, frozenset[int]]:
    """By workspace, who is online."""
    found = presence.everyone()
    return defaultdict(
        frozenset,
        {workspace: people for topic, people in found.items() if (workspace := workspace_of_topic(topic))},
    )
