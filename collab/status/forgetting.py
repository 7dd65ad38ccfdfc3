"""What the canary said is not kept: it would be seventeen thousand messages a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collab.status.models import Canary
from rooms.models import Message, Room
from rooms.trimming import cut_to

#: Whatever a client of the canary may still ask for is younger.
KEPT = timedelta(days=1)
#: Messages removed at a time; each hour brings 720, and a site whose Celery was away catches up in a day.
MOST = 5_000


@transaction.atomic
def forget_messages(now: datetime | None = None) -> int:
    """Remove old messages of the canary's room, and their entries in its log, for good; how many messages."""
    canary = Canary.objects.values("room")
    # Locked as by all that writes its log.
    room = Room.objects.select_for_update(no_key=True).filter(pk__in=canary).first()
    if room is None:
        return 0
    old = Message.objects.filter(room=room, at__lt=(now or timezone.now()) - KEPT).order_by("seq")
    seqs = list(old.values_list("seq", flat=True)[:MOST])
    if seqs:
        Message.objects.filter(room=room, seq__in=seqs).delete()
        cut_to(room, seqs[-1])
    return len(seqs)
