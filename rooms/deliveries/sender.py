"""Sends what is due. Any number of workers may do so at once, and any of them may die at any moment.

A delivery is claimed for a while, sent, and marked. A claim that runs out may be taken by another: then a mail can go
out twice, with the same Message-ID, since nobody can tell whether the first was taken.
"""

import datetime
import time
from collections.abc import Collection, Iterator
from contextlib import suppress

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collab.live import presence
from rooms.deliveries import claims, digest, mails, schedule
from rooms.deliveries.digest import Digest
from rooms.invitations import still_open
from rooms.models import Delivery, Invitation, MailSettings

logger = structlog.get_logger(__name__)

#: Seconds that one run goes on beginning mails. Celery ends a worker after 60 s: the last mail, of which each word may
#: take the 5 s of the settings, has the other 40 s.
RUN = 20.0
#: Seconds before each try to note what became of a mail.
PAUSES = (0.0, 0.5, 1.5)
#: How long what is done with can be looked up, and what was given up.
KEPT = datetime.timedelta(days=30)
DEAD_KEPT = datetime.timedelta(days=90)

State = Delivery.State


def send_due() -> int:
    """Send everything that is due, for a while; how many were sent."""
    end = time.monotonic() + RUN
    online = _people_online()
    sent = 0
    while time.monotonic() < end:
        put_off(online)
        claimed = claims.claim()
        if not claimed:
            break
        sent += _send_all(claimed, end)
    return sent


def put_off(online: Collection[int]) -> None:
    """Have mails of messages wait while their people are here, or want quiet."""
    now = timezone.now()
    waiting = claims.due(now).filter(kind=Delivery.Kind.MESSAGES)
    # Few wait at a time. Everyone who is online, in one statement, took a second to be written down, every five.
    here = set(waiting.values_list("user", flat=True)).intersection(online)
    if here:
        waiting.filter(user__in=here).update(due_at=now + schedule.gathering())
    wishes = MailSettings.objects.filter(user__in=waiting.values("user"), quiet_from__isnull=False)
    for wish in wishes.select_related("user"):
        until = schedule.quiet_until(wish, wish.user.time_zone, now)
        if until is not None:
            waiting.filter(user=wish.user).update(due_at=until)


def _send_all(claimed: list[Delivery], end: float) -> int:
    connection = get_connection()
    with suppress(OSError):
        # One connection for all. Where it cannot be had, each says so for itself.
        connection.open()
    try:
        return sum(_send(delivery, connection) for delivery in _in_time(claimed, end))
    finally:
        with suppress(OSError):
            connection.close()


def _in_time(claimed: list[Delivery], end: float) -> Iterator[Delivery]:
    """One after another, each under a claim of its own; what nobody began in time is given back."""
    for number, delivery in enumerate(claimed):
        if time.monotonic() >= end:
            claims.give_back(claimed[number:])
            return
        if claims.begin(delivery):
            yield delivery


def _send(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    try:
        told = digest.digest(delivery) if delivery.kind == Delivery.Kind.MESSAGES else None
        mail = _mail(delivery, told)
        if mail is not None:
            mail.connection = connection
            mail.send()
    except Exception as error:  # noqa: BLE001 — whatever it is, this mail is tried again and the others go on.
        _failed(delivery, error)
        return False
    _note(delivery, told, State.NOT_NEEDED if mail is None else State.SENT)
    if mail is not None:
        logger.info("delivery_sent", **_about(delivery))
    return mail is not None


def _mail(delivery: Delivery, told: Digest | None) -> EmailMultiAlternatives | None:
    """What goes out; None: it is not needed any more."""
    if told is not None:
        return mails.mail_of_messages(delivery, told)
    invitation = still_open(Invitation.objects.filter(pk=delivery.invitation_id or 0)).first()
    return mails.mail_of_invitation(delivery, invitation) if invitation else None


def _note(delivery: Delivery, told: Digest | None, state: str) -> None:
    """Note what became of it. It has not failed where that cannot be noted: its claim runs out and it is sent again."""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            _settle(delivery, told, state)
        except Exception as error:  # noqa: BLE001 — whatever it is, the mail is out and the others go on.
            logger.warning("delivery_not_noted", **_about(delivery), state=str(state), error=error)
        else:
            return


@transaction.atomic
def _settle(delivery: Delivery, told: Digest | None, state: str) -> None:
    if told is not None:
        digest.note_told(told)
    # What was sent was sent, even where it took so long that another has taken it up.
    row = Delivery.objects.filter(pk=delivery.pk) if state == State.SENT else claims.held(delivery)
    sent_at = timezone.now() if state == State.SENT else None
    row.update(state=state, claimed_until=None, last_error="", sent_at=sent_at)


def _failed(delivery: Delivery, error: Exception) -> None:
    now = timezone.now()
    first = delivery.first_tried_at or now
    is_over = now - first >= schedule.GIVE_UP_AFTER
    if is_over:
        logger.error("delivery_dead", **_about(delivery), error=error)
    else:
        logger.warning("delivery_failed", **_about(delivery), error=error)
    claims.held(delivery).update(
        state=State.DEAD if is_over else State.RETRYING,
        due_at=now + schedule.retry_in(delivery.attempts),
        claimed_until=None,
        last_error=f"{type(error).__name__}: {error}"[:1_000],
    )


def _about(delivery: Delivery) -> dict[str, object]:
    return {
        "delivery": delivery.pk,
        "kind": str(delivery.kind),
        "person": delivery.user_id,
        "attempts": delivery.attempts,
    }


def _people_online() -> frozenset[int]:
    """Everyone who is here; nobody where Redis is away, since a mail too many is better than none."""
    try:
        return presence.everybody()
    except presence.Unknown:
        return frozenset()


def clear() -> int:
    """Forget what has been done with for long; how many."""
    now = timezone.now()
    done = Q(state__in=[State.SENT, State.NOT_NEEDED], created_at__lt=now - KEPT)
    given_up = Q(state=State.DEAD, created_at__lt=now - DEAD_KEPT)
    count, _ = Delivery.objects.filter(done | given_up).delete()
    return count
