"""Who sends what: what is due is claimed for a while, and each claim is renewed when its mail's turn comes.

Whoever holds a claim knows it by the time until which it lasts: no other claim of the same delivery has that one.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rooms.models import Delivery

#: Deliveries claimed at a time, and how long a claim lasts: as long as Celery lets a worker run.
BATCH = 10
CLAIM = datetime.timedelta(seconds=60)

State = Delivery.State


def claim() -> list[Delivery]:
    """Take some of what is due, for oneself alone."""
    now = timezone.now()
    with transaction.atomic():
        # What a transaction is just adding to is locked, and left for the next time.
        claimed = list(due(now).select_for_update(skip_locked=True).order_by("due_at")[:BATCH])
        for delivery in claimed:
            delivery.state, delivery.claimed_until = State.SENDING, now + CLAIM
        Delivery.objects.bulk_update(claimed, ["state", "claimed_until"])
    return claimed


def due(now: datetime.datetime) -> QuerySet[Delivery]:
    """What is to be sent now."""
    waits = Q(state__in=[State.WAITING, State.RETRYING], due_at__lte=now)
    was_left = Q(state=State.SENDING, claimed_until__lt=now)
    return Delivery.objects.filter(waits | was_left).exclude(_is_second(now))


def _is_second(now: datetime.datetime) -> Exists:
    """Another mail of messages to the same person is being sent, or an earlier one is still on its way.

    Both would tell the same. The order is that in which they were made and not that of their times, which come from
    the clocks of many nodes.
    """
    is_sent_now = Q(state=State.SENDING, claimed_until__gte=now)
    is_first = Q(state__in=[State.SENDING, State.RETRYING], pk__lt=OuterRef("pk"))
    others = Delivery.objects.filter(kind=Delivery.Kind.MESSAGES, user=OuterRef("user")).exclude(pk=OuterRef("pk"))
    return Exists(others.filter(is_sent_now | is_first))


def begin(delivery: Delivery) -> bool:
    """Begin a try of one that was claimed: the claim lasts for this mail alone from now on. False: it is another's."""
    now = timezone.now()
    ours = held(delivery)
    delivery.claimed_until = now + CLAIM
    delivery.attempts += 1
    delivery.first_tried_at = delivery.first_tried_at or now
    renewed = ours.update(
        claimed_until=delivery.claimed_until, attempts=delivery.attempts, first_tried_at=delivery.first_tried_at
    )
    return bool(renewed)


def give_back(claimed: Iterable[Delivery]) -> None:
    """Leave to others what there was no time for; no try of it was begun."""
    for delivery in claimed:
        # Not as waiting: meanwhile another may wait for the same person.
        held(delivery).update(state=State.RETRYING, claimed_until=None)


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery, if it is still claimed by whoever has it in hand; otherwise nothing."""
    return Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, claimed_until=delivery.claimed_until)
