"""The log, trimmed: what is both long ago and far behind the head goes, but for the notices that pages tell.

What is said of it stays: pages, search and counts read messages, never the log. Whoever wants events from before a
room's tail is told to load the room anew.
"""

import time
from datetime import datetime, timedelta
from itertools import takewhile

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from rooms.models import NOTICES, Event, Room

logger = structlog.get_logger(__name__)

#: Seconds that one run goes on beginning pieces; Celery ends a worker after 60 s.
RUN = 20.0
#: Events looked at under one lock of their room: 5 ms for whoever posts there meanwhile.
PIECE = 500


def trim_logs() -> int:
    """Trim the logs of all rooms, for a while; how many seqs their tails went on."""
    end = time.monotonic() + RUN
    before = timezone.now() - timedelta(days=settings.EVENTS_KEPT_DAYS)
    long_ones = Room.objects.filter(tail__lte=F("head") - settings.EVENTS_KEPT)
    trimmed = 0
    for room_id in long_ones.values_list("pk", flat=True).iterator():
        while time.monotonic() < end and (gone := _trim_if_free(room_id, before)):
            trimmed += gone
    return trimmed


def _trim_if_free(room_id: int, before: datetime) -> int:
    """The same; a room that somebody holds for long keeps no other from its turn."""
    try:
        return _trim_piece(room_id, before)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.warning("trim_put_off", room=room_id)
        return 0


@transaction.atomic
def _trim_piece(room_id: int, before: datetime) -> int:
    """Trim a piece at the end of one room's log; how many seqs its tail went on.

    Tail and events change in one transaction, so that no reader sees one without the other; and under the lock of the
    room's row, as all that writes the log: two who trim at once take turns.
    """
    room = Room.objects.select_for_update(no_key=True).filter(pk=room_id).first()
    if room is None:
        return 0
    last = min(room.tail + PIECE - 1, room.head - settings.EVENTS_KEPT)
    piece = Event.objects.filter(room=room, seq__range=(room.tail, last)).order_by("seq").values_list("seq", "at")
    old = [seq for seq, at in takewhile(lambda entry: entry[1] < before, piece)]
    if not old:
        return 0
    cut_to(room, old[-1])
    return len(old)


def cut_to(room: Room, seq: int) -> None:
    """Take everything up to a seq out of the log of a room that is locked, but for notices."""
    if seq >= room.tail:
        Event.objects.filter(~Q(type__in=NOTICES), room=room, seq__range=(room.tail, seq)).delete()
        room.tail = seq + 1
        Room.objects.filter(pk=room.pk).update(tail=room.tail)
