"""Nothing that a mail was to tell is left out: neither by clocks that differ, nor when one was given up."""

import datetime
import math

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.models import User
from rooms import ledger
from rooms.access import access_room
from rooms.actions.deliveries import choose_mail, choose_room_mail, send_again, stop_mail
from rooms.deliveries import claims, sender
from rooms.models import Delivery, Room
from tests.rooms.test_deliveries import later, say

pytestmark = pytest.mark.django_db
State = Delivery.State


def say_late(patch: pytest.MonkeyPatch, author: User, room: Room, text: str) -> int:
    """As a node does whose clock is four minutes behind, or a transaction that began early and is stored late."""
    with patch.context() as node:
        node.setattr(ledger, "clock", lambda: timezone.now() - datetime.timedelta(minutes=4))
        return say(author, room, text)


def give_up() -> Delivery:
    """The mail that waits cannot be sent, for a day."""
    delivery = Delivery.objects.get(state=State.WAITING)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.DEAD)
    return delivery


def test_a_message_with_an_earlier_time_than_the_mail_that_waits_is_told(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    say_late(monkeypatch, ada, room, "@ben twice")
    later()
    assert sender.send_due() == 1
    [mail] = mailoutbox
    assert "once" in mail.body
    assert "twice" in mail.body


def test_a_mail_on_its_way_does_not_pass_over_a_message_with_an_earlier_time(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    later()
    claimed = claims.claim()
    say_late(monkeypatch, ada, room, "@ben twice")
    say(ada, room, "@ben thrice")
    assert sender._send_all(claimed, math.inf) == 1
    later()
    sender.send_due()
    told = "".join(str(mail.body) for mail in mailoutbox)
    assert [told.count(word) for word in ("once", "twice", "thrice")] == [1, 1, 1]


def test_the_next_mail_tells_what_one_that_was_given_up_could_not(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    first = give_up()
    say(ada, room, "@ben twice")
    later()
    assert sender.send_due() == 1
    [mail] = mailoutbox
    assert "once" in mail.body
    assert "twice" in mail.body
    first.refresh_from_db()
    assert first.state == State.NOT_NEEDED


def test_what_was_given_up_is_still_told_when_it_is_sent_again_first(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    first = give_up()
    say(ada, room, "@ben twice")
    send_again(delivery=first)
    later()
    assert sender.send_due() == 1
    [mail] = mailoutbox
    assert mail.extra_headers["X-Idempotency-Key"] == str(first.key)
    assert "once" in mail.body
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT, State.NOT_NEEDED}


def test_what_is_sent_again_waits_for_the_mail_that_is_just_being_sent(ada: User, ben: User, room: Room) -> None:
    say(ada, room, "@ben once")
    first = give_up()
    say(ada, room, "@ben twice")
    later()
    [second] = claims.claim()
    send_again(delivery=first)
    assert claims.claim() == []
    # Its worker has died: one of the two is taken up, and the other waits for it.
    lapsed = timezone.now() - datetime.timedelta(seconds=1)
    Delivery.objects.filter(pk=second.pk).update(claimed_until=lapsed)
    assert claims.claim() == [first]
    assert claims.claim() == []


def test_what_was_told_in_place_of_one_given_up_opens_no_older_time_again(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    give_up()
    say(ada, room, "@ben twice")
    later()
    sender.send_due()
    say(ada, room, "by the way")
    choose_room_mail(access=access_room(ben, room.pk), notify="all")
    say(ada, room, "thrice")
    later()
    sender.send_due()
    assert "by the way" not in mailoutbox[-1].body
    assert "thrice" in mailoutbox[-1].body


def test_what_is_said_while_no_mail_is_wanted_is_not_told_in_place_of_one_given_up(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    give_up()
    stop_mail(user=ben)
    say(ada, room, "@ben twice")
    choose_mail(user=ben, is_on=True, quiet_from=None, quiet_until=None)
    say(ada, room, "@ben thrice")
    later()
    sender.send_due()
    [mail] = mailoutbox
    assert "once" not in mail.body
    assert "twice" not in mail.body
    assert "thrice" in mail.body
