"""Sends what is due. Any number of workers may do so at once, and any of them may die at any moment.

A delivery is claimed for a while, sent, and marked. A claim that runs out may be taken by another: then a mail can go
out twice, with the same Message-ID, since nobody can tell whether the first was taken.
"""

import datetime
import logging
import time
from collections.abc import Collection
from contextlib import suppress

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from collab.live import presence
from rooms.deliveries import digest, mails, schedule
from rooms.deliveries.digest import Digest
from rooms.invitations import still_open
from rooms.models import Delivery, Invitation, MailSettings

logger = logging.getLogger(__name__)

#: Deliveries claimed at a time, and seconds a claim lasts: the settings give each mail 5 s.
BATCH = 10
CLAIM = datetime.timedelta(seconds=60)
#: Seconds that one run goes on claiming.
RUN = 20.0
#: Days that what is done with can be looked up.
KEPT = datetime.timedelta(days=30)

State = Delivery.State


def send_due() -> int:
    """Send everything that is due, for a while; how many were sent."""
    end = time.monotonic() + RUN
    online = _people_online()
    sent = 0
    while time.monotonic() < end:
        put_off(online)
        claimed = claim()
        if not claimed:
            break
        sent += _send_all(claimed)
    return sent


def put_off(online: Collection[int]) -> None:
    """Have mails of messages wait while their people are here, or want quiet."""
    now = timezone.now()
    waiting = _due(now).filter(kind=Delivery.Kind.MESSAGES)
    waiting.filter(user__in=online).update(due_at=now + schedule.gathering())
    wishes = MailSettings.objects.filter(user__in=waiting.values("user"), quiet_from__isnull=False)
    for wish in wishes.select_related("user"):
        until = schedule.quiet_until(wish, wish.user.time_zone, now)
        if until is not None:
            waiting.filter(user=wish.user).update(due_at=until)


def claim() -> list[Delivery]:
    """Take some of what is due, for oneself alone."""
    now = timezone.now()
    with transaction.atomic():
        # What a transaction is just adding to is locked, and left for the next time.
        due = list(_due(now).select_for_update(skip_locked=True).order_by("due_at")[:BATCH])
        for delivery in due:
            delivery.state, delivery.claimed_until = State.SENDING, now + CLAIM
            delivery.attempts += 1
            delivery.first_tried_at = delivery.first_tried_at or now
        Delivery.objects.bulk_update(due, ["state", "claimed_until", "attempts", "first_tried_at"])
    return due


def _due(now: datetime.datetime) -> QuerySet[Delivery]:
    waits = Q(state__in=[State.WAITING, State.RETRYING], due_at__lte=now)
    was_left = Q(state=State.SENDING, claimed_until__lt=now)
    return Delivery.objects.filter(waits | was_left).exclude(_is_second())


def _is_second() -> Exists:
    """An earlier mail of messages to the same person is still on its way.

    Sent before that, a later one would count everything up to its own newest message as told.
    """
    return Exists(
        Delivery.objects.filter(
            kind=Delivery.Kind.MESSAGES,
            user=OuterRef("user"),
            state__in=[State.SENDING, State.RETRYING],
            created_at__lt=OuterRef("created_at"),
        )
    )


def _send_all(claimed: list[Delivery]) -> int:
    connection = get_connection()
    with suppress(OSError):
        # One connection for all. Where it cannot be had, each says so for itself.
        connection.open()
    try:
        return sum(_send(delivery, connection) for delivery in claimed)
    finally:
        with suppress(OSError):
            connection.close()


def _send(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    try:
        told = digest.digest(delivery) if delivery.kind == Delivery.Kind.MESSAGES else None
        mail = _mail(delivery, told)
        if mail is not None:
            mail.connection = connection
            mail.send()
        _settle(delivery, told, State.NOT_NEEDED if mail is None else State.SENT)
    except Exception as error:  # noqa: BLE001 — whatever it is, this mail is tried again and the others go on.
        _failed(delivery, error)
        return False
    return mail is not None


def _mail(delivery: Delivery, told: Digest | None) -> EmailMultiAlternatives | None:
    """What goes out; None: it is not needed any more."""
    if told is not None:
        return mails.mail_of_messages(delivery, told)
    invitation = still_open(Invitation.objects.filter(pk=delivery.invitation_id or 0)).first()
    return mails.mail_of_invitation(delivery, invitation) if invitation else None


@transaction.atomic
def _settle(delivery: Delivery, told: Digest | None, state: str) -> None:
    if told is not None:
        digest.note_told(told)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, claimed_until=None, last_error="", sent_at=timezone.now() if state == State.SENT else None
    )


def _failed(delivery: Delivery, error: Exception) -> None:
    now = timezone.now()
    first = delivery.first_tried_at or now
    is_over = now - first >= schedule.GIVE_UP_AFTER
    logger.warning("Delivery %s failed, try %s: %s", delivery.pk, delivery.attempts, error)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.DEAD if is_over else State.RETRYING,
        due_at=now + schedule.retry_in(delivery.attempts),
        claimed_until=None,
        last_error=f"{type(error).__name__}: {error}"[:1_000],
    )


def _people_online() -> frozenset[int]:
    """Everyone who is here; nobody where Redis is away, since a mail too many is better than none."""
    try:
        return frozenset().union(*presence.everyone().values())
    except presence.Unknown:
        return frozenset()


def clear() -> int:
    """Forget what has been done with for long; how many."""
    done = Delivery.objects.filter(state__in=[State.SENT, State.NOT_NEEDED], created_at__lt=timezone.now() - KEPT)
    count, _ = done.delete()
    return count
