"""Messages that are older than their workspace keeps them: gone for good, a piece of a room at a time.

Each piece is one event and one transaction: whoever loads a page sees what those see who heard it.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import structlog
from django.db.models import Subquery
from django.db.models.expressions import OuterRef
from django.utils import timezone

from accounts.models import User
from collab.live.errors import CodedError
from rooms.actions.messages import blank_events
from rooms.events import Expired
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Message, Room, Wording, Workspace
from rooms.trimming import cut_to

logger = structlog.get_logger(__name__)

#: Seconds that one run goes on beginning pieces; Celery ends a worker after 60 s.
RUN = 20.0
#: Messages that go at a time, under one lock of their room.
PIECE = 500


@dataclass(slots=True, kw_only=True)
class ExpireMessages(Draft):
    """Take the oldest messages of a room away, the site itself does; none of the batch may be about them."""

    user: User = field(default_factory=User)

    def write(self, turn: Turn) -> int | None:
        """Delete the first of them, and tell up to where."""
        days = Workspace.objects.values_list("keep_days", flat=True).get(pk=turn.room.workspace_id)
        if days is None:
            # Its owners have changed their minds.
            return None
        since = kept_since(days, turn.ledger.at)
        first = Message.objects.filter(room=turn.room).order_by("seq").values_list("seq", "at")[:PIECE]
        old = [seq for seq, at in takewhile(lambda message: message[1] < since, first)]
        if not old:
            return None
        _forget(turn, old[-1])
        said_at = turn.room.head_at
        seq = turn.record(Expired, through=old[-1])
        # Conversations stand in the order in which something happened in them, and nothing did.
        turn.room.head_at = said_at
        return seq


def _forget(turn: Turn, through: int) -> None:
    """Everything up to a seq that was said or put on it, also what the log still says of later edits."""
    later_edits = Wording.objects.filter(message__room=turn.room, message__seq__lte=through, edit_seq__gt=through)
    blank_events(turn, list(later_edits.values_list("edit_seq", flat=True)))
    Message.objects.filter(room=turn.room, seq__lte=through).delete()
    cut_to(turn.room, through)


def kept_since(days: int, now: datetime) -> datetime:
    """What was said from then on is kept: whole days (UTC), so that a room is told of it once a day and not all day."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days)


def count_expiring(workspace: Workspace, days: int) -> int:
    """How many messages would go now, tombstones apart, if they were kept for so many days."""
    old = Message.objects.filter(room__workspace=workspace, at__lt=kept_since(days, timezone.now()))
    return old.filter(deleted_at=None).count()


def expire_messages() -> int:
    """Delete what is too old in all workspaces, for a while; how many pieces."""
    end = time.monotonic() + RUN
    pieces = 0
    for workspace in Workspace.objects.exclude(keep_days=None):
        for room_id in _rooms_with_old(workspace):
            while time.monotonic() < end and _expire_piece(room_id):
                pieces += 1
    return pieces


def _rooms_with_old(workspace: Workspace) -> list[int]:
    first = Message.objects.filter(room=OuterRef("pk")).order_by("seq").values("at")[:1]
    since = kept_since(workspace.keep_days or 0, timezone.now())
    rooms = Room.objects.filter(workspace=workspace).alias(first_at=Subquery(first)).filter(first_at__lt=since)
    return list(rooms.values_list("pk", flat=True))


def _expire_piece(room_id: int) -> int | None:
    try:
        return append_one(ExpireMessages(room_id=room_id))
    except CodedError as refusal:
        # Somebody holds the room, or it has gone; the next run looks again.
        logger.warning("expiry_put_off", room=room_id, error=refusal)
        return None
