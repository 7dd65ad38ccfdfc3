"""A claim is good for one mail; what became of a mail is noted even with some trouble, and never wrongly."""

import datetime
import math
import time
from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from rooms.access import access_room
from rooms.actions.positions import note_delivered
from rooms.actions.room_people import join_room
from rooms.actions.rooms import create_room
from rooms.deliveries import claims, digest, sender
from rooms.models import Delivery, Membership, Room, RoomMembership, Workspace
from tests.rooms.races import meanwhile
from tests.rooms.test_deliveries import later, say
from tests.rooms.test_sending import invite

pytestmark = pytest.mark.django_db(transaction=True)
State = Delivery.State
Mails = list[EmailMultiAlternatives]


def at_each_mail(monkeypatch: pytest.MonkeyPatch, deed: Callable[[Delivery], object]) -> None:
    """Do something while a mail is with the server."""
    send = EmailMultiAlternatives.send

    def slow(mail: EmailMultiAlternatives) -> int:
        deed(Delivery.objects.get(key=mail.extra_headers["X-Idempotency-Key"]))
        return send(mail)

    monkeypatch.setattr(EmailMultiAlternatives, "send", slow)


def run_out(**which: object) -> None:
    Delivery.objects.filter(state=State.SENDING, **which).update(
        claimed_until=timezone.now() - datetime.timedelta(seconds=1)
    )


# --- one mail, one claim -----------------------------------------------------------------------------------


def test_each_mail_has_a_whole_claim_however_long_those_before_it_took(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    invite(ada, workspace, 3)
    claimed = claims.claim()
    first = [mail.claimed_until for mail in claimed]
    seen: list[datetime.datetime | None] = []
    at_each_mail(monkeypatch, lambda mail: seen.append(mail.claimed_until))
    assert sender._send_all(claimed, math.inf) == 3
    assert len({*first, *seen}) == 4


def test_what_another_has_taken_up_meanwhile_is_left_to_them(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    invite(ada, workspace, 3)
    claimed = claims.claim()
    others: list[Delivery] = []

    def dawdle(mail: Delivery) -> None:
        if not others:
            Delivery.objects.filter(state=State.SENDING).exclude(pk=mail.pk).update(claimed_until=timezone.now())
            others.extend(claims.claim())

    at_each_mail(monkeypatch, dawdle)
    assert sender._send_all(claimed, math.inf) == 1
    assert sender._send_all(others, math.inf) == 2
    assert len({mail.to[0] for mail in mailoutbox}) == len(mailoutbox) == 3


def test_what_there_is_no_time_for_is_given_back_as_if_it_had_never_been_claimed(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    invite(ada, workspace, 3)
    end = time.monotonic() + 0.2
    at_each_mail(monkeypatch, lambda _: time.sleep(0.3))
    assert sender._send_all(claims.claim(), end) == 1
    rest = Delivery.objects.exclude(state=State.SENT)
    assert set(rest.values_list("state", "attempts", "first_tried_at")) == {(State.RETRYING, 0, None)}
    assert sender.send_due() == 2


def test_the_last_mail_of_a_run_has_time_before_celery_ends_the_worker(settings: Settings) -> None:
    limit = settings.CELERY_TASK_TIME_LIMIT
    assert limit - sender.RUN >= 8 * settings.EMAIL_TIMEOUT
    assert claims.CLAIM.total_seconds() >= limit


# --- what became of it -------------------------------------------------------------------------------------


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "PAUSES", (0.0, 0.0, 0.0))


def lose_the_database(monkeypatch: pytest.MonkeyPatch, times: float) -> list[int]:
    """Have mails be marked in vain, so many times; the list grows with each."""
    settle, tries = sender._settle, list[int]()

    def fail(delivery: Delivery, told: digest.Digest | None, state: str) -> None:
        tries.append(delivery.pk)
        if len(tries) <= times:
            raise OperationalError("gone")
        settle(delivery, told, state)

    monkeypatch.setattr(sender, "_settle", fail)
    return tries


@pytest.mark.usefixtures("_at_once")
def test_a_mail_that_is_out_is_marked_at_the_second_try(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    say(ada, room, "@ben")
    later()
    lose_the_database(monkeypatch, times=2)
    assert sender.send_due() == 1
    assert Delivery.objects.get().state == State.SENT
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("_at_once")
def test_a_mail_that_is_out_and_cannot_be_marked_has_not_failed_and_repeats_itself_only_after_its_claim(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    invite(ada, workspace, 2)
    with monkeypatch.context() as away:
        lose_the_database(away, times=math.inf)
        assert sender.send_due() == 2
    left = Delivery.objects.all()
    assert {(each.state, each.last_error, each.attempts) for each in left} == {(State.SENDING, "", 1)}
    assert sender.send_due() == 0
    run_out()
    assert sender.send_due() == 2
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 2
    assert len(mailoutbox) == 4


def test_a_failure_that_comes_late_does_not_undo_what_another_has_done(
    ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, mailoutbox: Mails
) -> None:
    invite(ada, workspace, 1)
    claimed = claims.claim()

    def overtaken(mail: EmailMultiAlternatives) -> int:
        monkeypatch.undo()
        run_out()
        assert sender.send_due() == 1
        raise TimeoutError

    monkeypatch.setattr(EmailMultiAlternatives, "send", overtaken)
    assert sender._send_all(claimed, math.inf) == 0
    assert Delivery.objects.get().state == State.SENT


def test_marking_what_was_told_waits_for_positions_without_holding_any_that_are_next(
    ada: User, ben: User, workspace: Workspace, mailoutbox: Mails
) -> None:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    rooms = [create_room(by=by, name=name, kind=Room.Kind.PUBLIC) for name in ("one", "two")]
    # Ben's places stand in the other order than the rooms.
    for room in reversed(rooms):
        join_room(access=access_room(ben, room.pk))
    seqs = [say(ada, room, "@ben") for room in rooms]
    later()
    [delivery] = claims.claim()
    told = digest.digest(delivery)
    with meanwhile(lambda: sender._settle(delivery, told, State.SENT)) as settling:
        with transaction.atomic():
            note_delivered({(rooms[1].pk, ben.pk): 1})
            settling.begin()
            note_delivered({(rooms[0].pk, ben.pk): 1})
        assert settling.outcome() is None
    mailed = RoomMembership.objects.filter(user=ben, room__in=rooms).order_by("room")
    assert list(mailed.values_list("mailed", flat=True)) == seqs
