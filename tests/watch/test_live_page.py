"""The live page for staff, and the way of one message on the page: who may see it, and what they may do."""

import asyncio
import uuid
from collections.abc import Callable
from typing import NoReturn

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from collab.live import presence
from collab.watch.models import Fault, Node
from rooms.actions.messages import post_message
from rooms.models import Delivery, Message, Room, RoomMembership

pytestmark = pytest.mark.django_db

As = Callable[[User], Client]


@pytest.fixture
def as_() -> As:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def clerk(db: None) -> User:
    """Staff who may look at nothing in particular."""
    clerk = User.objects.create_user("clerk@example.org", "clerk-password", name="Clerk", handle="clerk")
    clerk.is_staff = True
    clerk.save()
    return clerk


def node(port: str) -> Node:
    now = timezone.now()
    return Node.objects.create(
        name=uuid.uuid4().hex[:12],
        host="one",
        port=port,
        pid=1,
        build="b",
        started_at=now,
        seen_at=now,
        report={"people": 3},
    )


def dead_mail(user: User) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(
        kind="messages", state="dead", user=user, created_at=now, due_at=now, attempts=9, last_error="<b>550</b> no"
    )


def say(user: User, room: Room) -> Message:
    seq = post_message(user=user, room_id=room.pk, client_id=uuid.uuid4(), text="Hello").seq
    return Message.objects.get(room=room, seq=seq)


def test_staff_see_nodes_mails_and_faults(as_: As, stella: User, ben: User) -> None:
    node("8001")
    dead_mail(ben)
    now = timezone.now()
    Fault.objects.create(node="n", kind="layer", text="The layer is <i>away</i>", began_at=now, last_at=now, count=2)
    page = as_(stella).get("/admin/live/").content.decode()
    for words in ("one:8001", "Serving", "ben@example.org", "&lt;b&gt;550", "The layer is &lt;i&gt;away", "Send again"):
        assert words in page, words


def test_a_person_on_two_nodes_is_one(as_: As, stella: User) -> None:
    node("8001"), node("8002")
    pairs = [("workspace.1", presence.member(7, "a")), ("workspace.2", presence.member(7, "b"))]

    async def come() -> None:
        store = presence.PresenceStore()
        await store.keep(pairs)
        await store.close()

    asyncio.run(come())
    part = as_(stella).get("/admin/live/", headers={"HX-Request": "true"}).content.decode()
    assert "<dt>People online</dt><dd>1</dd>" in part


def test_with_redis_away_the_nodes_numbers_have_to_do(as_: As, stella: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> NoReturn:
        raise presence.Unknown

    monkeypatch.setattr(presence, "everyone", away)
    node("8001"), node("8002")
    assert "<dt>People online</dt><dd>6</dd>" in as_(stella).get("/admin/live/").content.decode()


def test_htmx_is_given_the_part_that_changes(as_: As, stella: User) -> None:
    part = as_(stella).get("/admin/live/", headers={"HX-Request": "true"}).content.decode()
    assert "live__table" in part
    assert "<html" not in part


def test_a_page_of_nothing_says_so(as_: As, stella: User) -> None:
    page = as_(stella).get("/admin/live/").content.decode()
    for words in ("No node has reported yet", "Nothing failed", "None in 30 days"):
        assert words in page


def test_nobody_else_sees_it(as_: As, ada: User, client: Client) -> None:
    for path in ("/admin/live/", "/admin/live/messages/1/"):
        assert client.get(path).status_code == 302
        assert as_(ada).get(path).status_code in {302, 403}


def test_staff_drain_a_node(as_: As, stella: User) -> None:
    first, _ = node("8001"), node("8002")
    desk = as_(stella)
    answer = desk.post(reverse("admin_live_drain", args=[first.name]), {"drain": "yes"}, follow=True)
    assert "one:8001 sends its people on now." in answer.content.decode()
    first.refresh_from_db()
    assert first.wants_drain
    desk.post(reverse("admin_live_drain", args=[first.name]), {"drain": "no"})
    first.refresh_from_db()
    assert not first.wants_drain


def test_the_last_one_and_one_that_is_gone_are_refused_in_words(as_: As, stella: User) -> None:
    only = node("8001")
    desk = as_(stella)
    answer = desk.post(reverse("admin_live_drain", args=[only.name]), {"drain": "yes"}, follow=True)
    assert "It is the only node that serves" in answer.content.decode()
    answer = desk.post(reverse("admin_live_drain", args=["gone"]), {"drain": "yes"}, follow=True)
    assert "This node runs no more." in answer.content.decode()


def test_a_mail_that_was_given_up_is_sent_again_once(as_: As, stella: User, ben: User) -> None:
    mail = dead_mail(ben)
    desk = as_(stella)
    answer = desk.post(reverse("admin_live_send", args=[mail.pk]), follow=True)
    assert "The mail to ben@example.org is sent again." in answer.content.decode()
    mail.refresh_from_db()
    assert mail.state == "retrying"
    answer = desk.post(reverse("admin_live_send", args=[mail.pk]), follow=True)
    assert "Only what was given up can be sent again." in answer.content.decode()
    assert desk.post(reverse("admin_live_send", args=[10**9])).status_code == 404


def test_staff_without_the_right_do_nothing_and_see_no_button(as_: As, clerk: User, ben: User) -> None:
    one, mail = node("8001"), dead_mail(ben)
    node("8002")
    desk = as_(clerk)
    page = desk.get("/admin/live/").content.decode()
    assert "Send again" not in page
    assert "Drain" not in page
    assert desk.post(reverse("admin_live_drain", args=[one.name]), {"drain": "yes"}).status_code == 403
    assert desk.post(reverse("admin_live_send", args=[mail.pk])).status_code == 403
    assert desk.get(reverse("admin_message_journey", args=[1])).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_message"))
    assert as_(clerk).get(reverse("admin_message_journey", args=[1])).status_code == 404


def test_nothing_is_done_by_a_link(as_: As, stella: User, ben: User) -> None:
    desk = as_(stella)
    assert desk.get(reverse("admin_live_drain", args=[node("8001").name])).status_code == 405
    assert desk.get(reverse("admin_live_send", args=[dead_mail(ben).pk])).status_code == 405


# --- the way of one message ----------------------------------------------------------------------------


def path(message: Message) -> str:
    return reverse("journey", args=[message.room.workspace.slug, message.room_id, message.seq])


def test_the_author_and_staff_see_who_has_it_and_who_read_it(
    as_: As, ada: User, ben: User, stella: User, room: Room
) -> None:
    message = say(ada, room)
    RoomMembership.objects.filter(room=room, user=ben).update(delivered=message.seq)
    page = as_(ada).get(path(message)).content.decode()
    assert "On the screens of 1 of 1 other person, read by 0." in page
    assert "What the nodes saw of it is not kept any more, or not yet" in page
    RoomMembership.objects.filter(room=room, user=ben).update(position=message.seq)
    page = as_(stella).get(reverse("admin_message_journey", args=[message.pk])).content.decode()
    assert "On the screens of 1 of 1 other person, read by 1." in page
    assert (
        reverse("admin_message_journey", args=[message.pk])
        in as_(stella).get(reverse("admin:rooms_message_change", args=[message.pk])).content.decode()
    )


def test_to_others_it_is_not_there(as_: As, ada: User, ben: User, cleo: User, mallory: User, room: Room) -> None:
    message = say(ada, room)
    for person in (ben, cleo, mallory):
        assert as_(person).get(path(message)).status_code == 404
    assert as_(ada).get(path(message).replace(f"/m/{message.seq}/", "/m/99999/")).status_code == 404


def test_the_mail_that_waits_for_somebody_is_told(as_: As, ada: User, ben: User, room: Room) -> None:
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="@ben, a word").seq
    message = Message.objects.get(room=room, seq=seq)
    assert Delivery.objects.filter(user=ben, state="waiting").exists()
    assert "waits until" in as_(ada).get(path(message)).content.decode()
    Delivery.objects.filter(user=ben).update(state="sent", sent_at=timezone.now())
    RoomMembership.objects.filter(room=room, user=ben).update(mailed=seq)
    assert "sent " in as_(ada).get(path(message)).content.decode()


def test_in_a_room_of_many_nobody_is_listed(as_: As, ada: User, room: Room) -> None:
    message = say(ada, room)
    many = User.objects.bulk_create(
        User(email=f"p{number}@example.org", name=f"P{number}", handle=f"p{number}") for number in range(101)
    )
    RoomMembership.objects.bulk_create(RoomMembership(room=room, user=user) for user in many)
    page = as_(ada).get(path(message)).content.decode()
    assert "In a room of so many nobody is listed." in page
    assert "P7<" not in page
