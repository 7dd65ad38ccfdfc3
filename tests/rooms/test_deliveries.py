"""Mail about what people missed: whom it goes to, what it says, and when."""

import datetime
import math
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from accounts.models import User
from collab.live import presence
from rooms.access import access_room
from rooms.actions.deliveries import choose_mail, choose_room_mail, send_again, stop_mail
from rooms.actions.messages import delete_message, post_message
from rooms.actions.positions import read_to
from rooms.actions.room_people import add_people
from rooms.actions.rooms import create_room, open_direct
from rooms.deliveries import claims, schedule, sender
from rooms.deliveries.mails import address_to_stop
from rooms.errors import NotAllowed
from rooms.models import Delivery, MailSettings, Membership, Room, Workspace

pytestmark = pytest.mark.django_db
State = Delivery.State


def say(author: User, room: Room, text: str) -> int:
    return post_message(user=author, room_id=room.pk, client_id=uuid.uuid4(), text=text).seq


def waiting() -> set[str]:
    """Whose mail waits."""
    return {delivery.address.partition("@")[0] for delivery in Delivery.objects.filter(state=State.WAITING)}


def later(minutes: int = 6) -> None:
    """As if some minutes had gone by."""
    gone = datetime.timedelta(minutes=minutes)
    for delivery in Delivery.objects.all():
        delivery.due_at -= gone
        delivery.save(update_fields=["due_at"])


def direct(workspace: Workspace, *people: User) -> Room:
    by = Membership.objects.select_related("workspace", "user").get(user=people[0], workspace=workspace)
    return open_direct(by=by, people=list(people[1:]))


def to(mails: Sequence[EmailMultiAlternatives], name: str) -> EmailMultiAlternatives:
    [mail] = [mail for mail in mails if mail.to == [f"{name}@example.org"]]
    return mail


# --- whom ------------------------------------------------------------------------------------------------


def test_a_mention_is_mailed_and_plain_talk_is_not(ada: User, ben: User, room: Room) -> None:
    say(ada, room, "Good morning")
    assert waiting() == set()
    say(ada, room, "Good morning @ben, says @ada")
    assert waiting() == {"ben"}


def test_a_word_to_the_whole_room_is_mailed_to_all_but_its_author(ada: User, ben: User, cleo: User, room: Room) -> None:
    add_people(access=access_room(ada, room.pk), people=[cleo])
    say(ben, room, "@room lunch!")
    assert waiting() == {"ada", "cleo"}


def test_a_direct_message_is_mailed(ada: User, ben: User, workspace: Workspace) -> None:
    say(ada, direct(workspace, ada, ben), "Only for you")
    assert waiting() == {"ben"}


@pytest.mark.parametrize(
    ("notify", "text", "told"),
    [
        ("all", "plain", {"ben"}),
        ("all", "@ben", {"ben"}),
        ("mentions", "plain", set()),
        ("mentions", "@room", {"ben"}),
        ("nothing", "@ben and @room", set()),
    ],
)
def test_each_chooses_for_each_room(ada: User, ben: User, room: Room, notify: str, text: str, told: set[str]) -> None:
    choose_room_mail(access=access_room(ben, room.pk), notify=notify)
    say(ada, room, text)
    assert waiting() == told


def test_there_is_no_fourth_choice(ben: User, room: Room) -> None:
    with pytest.raises(NotAllowed):
        choose_room_mail(access=access_room(ben, room.pk), notify="everything")


def test_whoever_wants_no_mail_has_none(ada: User, ben: User, room: Room) -> None:
    say(ada, room, "@ben")
    stop_mail(user=ben)
    assert waiting() == set()
    say(ada, room, "@ben")
    assert waiting() == set()


def test_whoever_is_not_in_the_room_is_not_told(ada: User, ben: User, workspace: Workspace) -> None:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    secret = create_room(by=by, name="secret", kind=Room.Kind.PRIVATE)
    say(ada, secret, "@ben @room")
    assert waiting() == set()


# --- what ------------------------------------------------------------------------------------------------


def test_one_mail_gathers_what_came(
    ada: User, ben: User, room: Room, workspace: Workspace, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben first")
    say(ada, room, "by the way")
    say(ada, direct(workspace, ada, ben), "second, <b>directly</b>")
    assert sender.send_due() == 0
    later()
    assert sender.send_due() == 1
    mail = to(mailoutbox, "ben")
    html = str(mail.alternatives[0][0])
    for words in ("first", "second", f"/r/{room.pk}/?at="):
        assert words in mail.body
        assert words in html
    assert "by the way" not in mail.body
    assert "<b>directly</b>" in mail.body
    assert "&lt;b&gt;directly" in html
    assert mail.subject == "2 messages for you"
    assert Delivery.objects.get().state == State.SENT
    later(60)
    assert sender.send_due() == 0


def test_a_single_message_says_who_and_where(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben hello")
    later()
    sender.send_due()
    assert to(mailoutbox, "ben").subject == f"Ada in {room.name}"


def test_nothing_is_told_twice(ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]) -> None:
    for text in ("@ben once", "@ben twice"):
        say(ada, room, text)
        later()
        sender.send_due()
    first, second = mailoutbox
    assert "once" in first.body
    assert "once" not in second.body
    assert "twice" in second.body


def test_what_comes_while_a_mail_is_sent_is_told_by_that_or_by_the_next_and_not_by_both(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben once")
    later()
    claimed = claims.claim()
    say(ada, room, "@ben twice")
    sender._send_all(claimed, math.inf)
    assert "twice" in to(mailoutbox, "ben").body
    later()
    assert sender.send_due() == 0


def test_a_mail_that_failed_is_not_overtaken_by_the_next_which_would_leave_out_what_it_was_to_tell(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    def refuse(mail: EmailMultiAlternatives) -> None:
        raise ConnectionRefusedError

    say(ada, room, "@ben once")
    later()
    with monkeypatch.context() as away:
        away.setattr(EmailMultiAlternatives, "send", refuse)
        assert sender.send_due() == 0
    first = Delivery.objects.get()
    say(ada, room, "@ben twice")
    later()
    Delivery.objects.filter(pk=first.pk).update(due_at=timezone.now() + datetime.timedelta(hours=1))
    assert sender.send_due() == 0

    later(61)
    assert sender.send_due() == 1

    mail = to(mailoutbox, "ben")
    assert mail.extra_headers["X-Idempotency-Key"] == str(first.key)
    assert "once" in mail.body
    assert "twice" in mail.body
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT, State.NOT_NEEDED}


def test_what_was_read_or_deleted_meanwhile_is_not_mailed(
    ada: User, ben: User, room: Room, workspace: Workspace, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    seq = say(ada, room, "@ben read this")
    aside = direct(workspace, ada, ben)
    gone = say(ada, aside, "a slip")
    read_to(user=ben, room_id=room.pk, position=seq)
    delete_message(user=ada, room_id=aside.pk, message=gone)
    later()
    assert sender.send_due() == 0
    assert mailoutbox == []
    assert Delivery.objects.get().state == State.NOT_NEEDED


def test_many_messages_are_counted_beyond_the_first(
    ada: User, ben: User, room: Room, workspace: Workspace, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    aside = direct(workspace, ada, ben)
    for number in range(25):
        say(ada, aside, f"line {number};")
    later()
    sender.send_due()
    mail = to(mailoutbox, "ben")
    assert mail.subject == "25 messages for you"
    assert "line 19;" in mail.body
    assert "line 20;" not in mail.body
    assert "And 5 more" in mail.body


def test_it_says_the_same_of_itself_at_each_try_and_how_to_end_it(
    ada: User, ben: User, room: Room, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben")
    later()
    sender.send_due()
    headers = to(mailoutbox, "ben").extra_headers
    key = str(Delivery.objects.get().key)
    assert headers["Message-ID"] == f"<{key}@localhost>"
    assert headers["X-Idempotency-Key"] == key
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"] == f"<{address_to_stop(ben.pk)}>"


# --- when ------------------------------------------------------------------------------------------------


def test_whoever_is_here_is_not_written_to_yet(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    say(ada, room, "@ben")
    later()
    monkeypatch.setattr(presence, "everyone", lambda: {"workspace.1": frozenset({ben.pk})})
    assert sender.send_due() == 0
    assert Delivery.objects.get().due_at > timezone.now() + datetime.timedelta(minutes=4)
    monkeypatch.setattr(presence, "everyone", lambda: {"workspace.1": frozenset({ada.pk})})
    later()
    assert sender.send_due() == 1


def test_quiet_hours_put_it_off(ada: User, ben: User, room: Room) -> None:
    now = timezone.now()
    begin, end = now - datetime.timedelta(hours=1), now + datetime.timedelta(hours=2)
    choose_mail(user=ben, is_on=True, quiet_from=begin.time(), quiet_until=end.time())
    say(ada, room, "@ben")
    later()
    assert sender.send_due() == 0
    assert abs(Delivery.objects.get().due_at - end) < datetime.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("zone", "now", "begin", "end", "until"),
    [
        # Within a day, and its edges.
        ("UTC", "2026-03-01T13:00", "12:00", "14:00", "2026-03-01T14:00"),
        ("UTC", "2026-03-01T12:00", "12:00", "14:00", "2026-03-01T14:00"),
        ("UTC", "2026-03-01T14:00", "12:00", "14:00", None),
        # Over midnight, before and after it.
        ("UTC", "2026-03-01T23:00", "22:00", "07:00", "2026-03-02T07:00"),
        ("UTC", "2026-03-01T06:59", "22:00", "07:00", "2026-03-01T07:00"),
        ("UTC", "2026-03-01T07:00", "22:00", "07:00", None),
        # In the person's own zone, and over the night in which clocks go forward: seven is an hour sooner.
        ("Europe/Berlin", "2026-03-28T22:00", "22:00", "07:00", "2026-03-29T05:00"),
        ("Europe/Berlin", "2026-03-29T22:00", "22:00", "07:00", "2026-03-30T05:00"),
        ("Europe/Berlin", "2026-03-27T22:00", "22:00", "07:00", "2026-03-28T06:00"),
        ("UTC", "2026-03-01T13:00", "12:00", "12:00", None),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(zone: str, now: str, begin: str, end: str, until: str | None) -> None:
    wish = MailSettings(quiet_from=datetime.time.fromisoformat(begin), quiet_until=datetime.time.fromisoformat(end))
    at = datetime.datetime.fromisoformat(now).replace(tzinfo=datetime.UTC)
    found = schedule.quiet_until(wish, zone, at)
    wanted = datetime.datetime.fromisoformat(until).replace(tzinfo=datetime.UTC) if until else None
    assert found == wanted
    assert found is None or found.tzinfo == ZoneInfo(zone)


# --- ending it -------------------------------------------------------------------------------------------


def test_looking_at_the_link_changes_nothing_and_posting_to_it_ends_mail(client: Client, ben: User) -> None:
    address = address_to_stop(ben.pk).removeprefix("http://localhost:8000")
    assert b"Send me no more mails" in client.get(address).content
    assert not MailSettings.objects.filter(user=ben, is_on=False).exists()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailSettings.objects.get(user=ben).is_on is False


@pytest.mark.parametrize("token", ["x", "1", "MQ:1tFoo:bar", "%00"])
def test_a_link_that_was_not_made_here_ends_nothing(client: Client, ben: User, token: str) -> None:
    answer = client.post(f"/mail/stop/{token}/")
    assert answer.status_code == 404
    assert not MailSettings.objects.exists()


def test_one_chooses_on_the_page(client: Client, ben: User) -> None:
    client.force_login(ben)
    assert b"Mail me what I miss" in client.get("/mail/").content
    client.post("/mail/", {"is_on": "on", "quiet_from": "22:00", "quiet_until": "07:00"})
    wish = MailSettings.objects.get(user=ben)
    assert (wish.is_on, wish.quiet_from, wish.quiet_until) == (True, datetime.time(22), datetime.time(7))
    for bad in ({"quiet_from": "22:00"}, {"quiet_from": "25:00", "quiet_until": "07:00"}):
        assert client.post("/mail/", {"is_on": "on", **bad}).status_code == 400
    assert MailSettings.objects.get(user=ben).quiet_from == datetime.time(22)


def test_one_chooses_for_a_room_in_its_details(client: Client, ben: User, room: Room) -> None:
    client.force_login(ben)
    address = f"/w/{room.workspace.slug}/r/{room.pk}/details/"
    assert b'value="mentions" selected' in client.get(address, headers={"HX-Request": "true"}).content
    client.post(address, {"do": "notify", "notify": "nothing"}, headers={"HX-Request": "true"})
    assert room.memberships.get(user=ben).notify == "nothing"
    client.post(address, {"do": "notify", "notify": "loud"}, headers={"HX-Request": "true"})
    assert room.memberships.get(user=ben).notify == "nothing"


def test_only_what_was_given_up_is_sent_again(ada: User, ben: User, room: Room) -> None:
    say(ada, room, "@ben")
    delivery = Delivery.objects.get()
    with pytest.raises(NotAllowed):
        send_again(delivery=delivery)
    Delivery.objects.update(state=State.DEAD, attempts=40)
    send_again(delivery=delivery)
    assert sender.send_due() == 1
