from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.actions.people import deactivate, make_staff
from accounts.models import User
from rooms import announce
from rooms.access import access_room
from rooms.actions.invitations import check_open, create_link, find
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.reactions import react
from rooms.actions.room_settings import archive_room
from rooms.actions.rooms import open_direct
from rooms.errors import InvitationRevoked
from rooms.models import Delivery, Event, Invitation, Membership, Message, Role, Room, Workspace

YES = {"_form_submitted": "on"}
MODELS = [Workspace, Membership, Room, Invitation, Message, Event, Delivery]


@pytest.fixture
def staff(db: None) -> User:
    """May do everything in admin; is in no workspace."""
    user = User.objects.create_user("stella@example.org", "stella-password", name="Stella", handle="stella")
    make_staff(user=user)
    return user


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    """A browser in which Stella is signed in."""
    client.force_login(staff)
    return client


def listing(model: type[Any]) -> str:
    return reverse(f"admin:rooms_{model._meta.model_name}_changelist")


def page(thing: Any, name: str = "change") -> str:
    return reverse(f"admin:rooms_{thing._meta.model_name}_{name}", args=[thing.pk])


def say(user: User, room: Room, text: str) -> Message:
    seq = post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq
    return Message.objects.get(room=room, seq=seq)


def everything(ada: User, ben: User, room: Room) -> list[Any]:
    """One of each thing that admin shows."""
    message = say(ada, room, "**Hello** <script>alert(1)</script>")
    edit_message(user=ada, room_id=room.pk, message=message.seq, text="Hello again <b>bold</b>")
    react(user=ben, room_id=room.pk, message=message.seq, emoji="👍")
    by = Membership.objects.get(user=ada)
    open_direct(by=by, people=[ben])
    invitation = create_link(by=by, role=Role.MEMBER, rooms=[room], days=7, max_uses=3)
    event = Event.objects.filter(room=room, type="posted").get()
    return [room.workspace, by, room, invitation, message, event]


def test_every_list_and_page_can_be_read_and_escapes_what_people_wrote(
    desk: Client, ada: User, ben: User, room: Room
) -> None:
    for thing in everything(ada, ben, room):
        for address in (listing(type(thing)), page(thing)):
            answer = desk.get(address)
            assert answer.status_code == 200, address
            assert "<script>alert(1)" not in answer.content.decode()
            assert "<b>bold" not in answer.content.decode()
    assert desk.get(reverse("admin:index")).status_code == 200


def test_nothing_can_be_added_or_changed_by_a_form_and_only_messages_deleted(
    desk: Client, ada: User, ben: User, room: Room
) -> None:
    for thing in everything(ada, ben, room):
        assert desk.get(reverse(f"admin:rooms_{thing._meta.model_name}_add")).status_code == 403
        assert desk.post(page(thing), {}).status_code == 403
        if not isinstance(thing, Message):
            assert desk.post(page(thing, "delete"), {"post": "yes"}).status_code == 403
            assert type(thing).objects.filter(pk=thing.pk).exists()


def test_staff_without_rights_sees_none_of_it(client: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    client.force_login(ada)
    assert [client.get(listing(model)).status_code for model in MODELS] == [403] * len(MODELS)
    index = client.get(reverse("admin:index")).content.decode()
    assert not [model for model in MODELS if listing(model) in index]


def test_deleting_a_message_goes_through_the_log_and_is_told_at_once(
    desk: Client,
    staff: User,
    ada: User,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    message = say(ada, room, "A secret")
    published: list[Any] = []
    monkeypatch.setattr(announce, "publish", published.extend)

    assert b"A secret" in desk.get(page(message, "delete")).content
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(page(message, "delete"), {"post": "yes"}).status_code == 302

    message.refresh_from_db()
    assert message.text == ""
    assert message.deleted_at is not None
    event = Event.objects.get(room=room, type="deleted")
    assert event.actor == staff
    assert "A secret" not in str(list(Event.objects.values_list("data", flat=True)))
    assert [each.seq for each in published] == [event.seq]


def test_several_messages_are_deleted_at_once_also_where_the_room_is_archived(
    desk: Client, ada: User, ben: User, room: Room, general: Room
) -> None:
    messages = [say(ada, room, "one"), say(ben, room, "two"), say(ben, general, "three")]
    gone = say(ada, general, "gone already")
    delete_message(user=ada, room_id=general.pk, message=gone.seq)
    archive_room(access=access_room(ada, room.pk))
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in (*messages, gone)]}

    asked = desk.post(listing(Message), chosen).content.decode()
    assert "one" in asked
    assert "three" in asked
    assert desk.post(listing(Message), {**chosen, "post": "yes"}).status_code == 302

    assert not Message.objects.filter(deleted_at=None).exists()
    assert Event.objects.filter(type="deleted").count() == 4
    for each in Room.objects.all():
        assert list(each.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, each.head + 1))


def test_a_deleted_message_cannot_be_deleted_again(desk: Client, ada: User, room: Room) -> None:
    message = say(ada, room, "once")
    delete_message(user=ada, room_id=room.pk, message=message.seq)
    assert page(message, "delete") not in desk.get(page(message)).content.decode()
    assert desk.post(page(message, "delete"), {"post": "yes"}).status_code == 403


def test_who_may_only_look_deletes_no_message(client: Client, ada: User, ben: User, room: Room) -> None:
    message = say(ada, room, "stays")
    User.objects.filter(pk=ben.pk).update(is_staff=True)
    ben.user_permissions.set(Permission.objects.filter(codename="view_message"))
    client.force_login(ben)
    chosen = {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"}
    assert client.get(page(message)).status_code == 200
    assert client.post(page(message, "delete"), {"post": "yes"}).status_code == 403
    client.post(listing(Message), chosen)
    message.refresh_from_db()
    assert message.deleted_at is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lighthouse", True),
        ("LIGHTHOUSE keeper", True),
        ('"the lighthouse"', True),
        ("harbour", False),
        ("light", False),
    ],
)
def test_messages_are_found_by_their_words(desk: Client, ada: User, room: Room, words: str, found: bool) -> None:
    say(ada, room, "To the lighthouse, keeper!")
    answer = desk.get(listing(Message), {"q": words}).content.decode()
    assert ("To the lighthouse, keeper!" in answer) is found


@pytest.mark.parametrize("words", ["\0", "&|!:*()", "'", '"', " ", "a\0b", "x" * 5000])
def test_a_search_for_anything_at_all_is_answered(desk: Client, ada: User, room: Room, words: str) -> None:
    say(ada, room, "To the lighthouse")
    assert desk.get(listing(Message), {"q": words}).status_code == 200


def test_messages_are_filtered_by_room_author_date_and_state(
    desk: Client, ada: User, ben: User, room: Room, general: Room
) -> None:
    today = localdate().isoformat()
    say(ada, room, "first of all")
    edited = say(ben, general, "secnod of all")
    edit_message(user=ben, room_id=general.pk, message=edited.seq, text="second of all")
    for query, first, second in (
        ({"room__id__exact": room.pk}, True, False),
        ({"author__id__exact": ben.pk}, False, True),
        ({"state": "edited"}, False, True),
        ({"state": "standing"}, True, True),
        ({"state": "deleted"}, False, False),
        ({"at_from": "2999-01-01"}, False, False),
        ({"at_to": "2999-01-01"}, True, True),
        ({"at_from": today, "at_to": today}, True, True),
        ({"at_from": "0001-01-01", "at_to": "9999-12-31"}, True, True),
        ({"at_from": "soon", "at_to": "2026-13-77"}, True, True),
    ):
        text = desk.get(listing(Message), query).content.decode()
        assert ("first of all" in text, "second of all" in text) == (first, second), query


def test_lists_of_messages_and_events_count_nothing_and_take_few_queries(
    desk: Client, ada: User, ben: User, room: Room
) -> None:
    for number in range(30):
        say(ada if number % 2 else ben, room, f"message {number}")
    for model in (Message, Event):
        desk.get(listing(model))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(listing(model)).status_code == 200
        table = f'FROM "{model._meta.db_table}"'
        assert not [query for query in queries if "COUNT(" in query["sql"] and table in query["sql"]]
        assert len(queries) < 10


def test_events_are_filtered_by_type_without_reading_the_log_for_it(desk: Client, ada: User, room: Room) -> None:
    say(ada, room, "in the log")
    assert "in the log" in desk.get(listing(Event), {"type": "posted"}).content.decode()
    assert "in the log" not in desk.get(listing(Event), {"type": "joined"}).content.decode()


def test_an_invitation_is_revoked_and_lets_nobody_in(desk: Client, ada: User, workspace: Workspace) -> None:
    invitation = create_link(by=workspace.memberships.get(user=ada), role=Role.MEMBER, days=None, max_uses=None)
    address = page(invitation, "take_back")
    shown = desk.get(page(invitation)).content.decode()
    assert address in shown
    assert invitation.token not in shown

    answer = desk.post(address, YES)
    assert answer["HX-Redirect"] == page(invitation)
    with pytest.raises(InvitationRevoked):
        check_open(find(invitation.token))
    assert address not in desk.get(page(invitation)).content.decode()
    assert desk.post(address, YES).status_code == 403


def test_an_invitation_of_somebody_who_is_kept_out_has_lapsed(
    desk: Client, ada: User, ben: User, workspace: Workspace
) -> None:
    invitation = create_link(by=workspace.memberships.get(user=ben), role=Role.MEMBER)
    for address in (listing(Invitation), page(invitation)):
        assert "Lapsed" not in desk.get(address).content.decode()
    deactivate(user=ben)
    for address in (listing(Invitation), page(invitation)):
        assert "Lapsed" in desk.get(address).content.decode()


def test_what_was_given_up_is_sent_again(desk: Client, ada: User) -> None:
    now = timezone.now()
    delivery = Delivery.objects.create(
        kind="messages",
        user=ada,
        state=Delivery.State.DEAD,
        created_at=now,
        due_at=now,
        attempts=9,
        last_error="refused",
    )
    address = page(delivery, "try_again")
    shown = desk.get(page(delivery)).content.decode()
    assert "Given up" in shown
    assert "refused" in shown
    assert address in shown
    assert desk.post(address, YES)["HX-Redirect"] == page(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.RETRYING, 0)
    assert desk.post(address, YES).status_code == 403


def test_rooms_are_filtered_by_whether_they_are_archived(desk: Client, ada: User, room: Room) -> None:
    archive_room(access=access_room(ada, room.pk))
    assert page(room) in desk.get(listing(Room), {"state": "archived"}).content.decode()
    assert page(room) not in desk.get(listing(Room), {"state": "open"}).content.decode()


def test_a_direct_conversation_is_called_by_its_people(
    desk: Client, ada: User, ben: User, workspace: Workspace
) -> None:
    open_direct(by=workspace.memberships.get(user=ada), people=[ben])
    assert "Ada, Ben" in desk.get(listing(Room), {"kind__exact": "direct"}).content.decode()


def test_the_list_of_rooms_reads_nobody_but_the_people_of_direct_conversations(
    desk: Client, ada: User, ben: User, workspace: Workspace, room: Room
) -> None:
    direct = open_direct(by=workspace.memberships.get(user=ada), people=[ben])
    listed = desk.get(listing(Room)).context["cl"].result_list
    assert {each.pk for each in listed} >= {room.pk, direct.pk}
    assert {each.pk: len(each.named_by) for each in listed if each.named_by} == {direct.pk: 2}


def test_a_workspace_whose_owner_is_kept_out_is_seen_and_given_another(
    desk: Client, staff: User, ada: User, ben: User, workspace: Workspace, general: Room
) -> None:
    assert "Nobody" not in desk.get(listing(Workspace)).content.decode()
    deactivate(user=ada)
    assert "Nobody" in desk.get(listing(Workspace)).content.decode()

    hers, his = (Membership.objects.get(user=user) for user in (ada, ben))
    assert desk.post(page(hers, "make_owner"), YES).status_code == 403
    assert page(his, "make_owner") in desk.get(page(his)).content.decode()
    assert desk.post(page(his, "make_owner"), YES)["HX-Redirect"] == page(his)

    his.refresh_from_db()
    assert his.role == Role.OWNER
    assert Event.objects.get(room=general, type="role_changed").actor == staff
    assert "Nobody" not in desk.get(listing(Workspace)).content.decode()
    assert desk.post(page(his, "make_owner"), YES).status_code == 403


def test_staff_see_how_long_a_workspace_keeps_messages_and_can_stop_their_deletion(
    desk: Client, workspace: Workspace
) -> None:
    stop = page(workspace, "keep_for_ever")
    shown = desk.get(page(workspace)).content.decode()
    assert "for ever" in shown
    assert stop not in shown
    assert desk.post(stop, YES).status_code == 403
    Workspace.objects.filter(pk=workspace.pk).update(keep_days=30)
    shown = desk.get(page(workspace)).content.decode()
    assert "30 days" in shown
    assert stop in shown
    assert desk.post(stop, YES)["HX-Redirect"] == page(workspace)
    workspace.refresh_from_db()
    assert workspace.keep_days is None


def test_everything_in_the_menu_is_registered() -> None:
    assert {model for model in admin.site._registry if model._meta.app_label == "rooms"} == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_nul_in_what_is_looked_for_is_a_bad_request(desk: Client, model: Any) -> None:
    desk.raise_request_exception = False
    listed = reverse(f"admin:rooms_{model._meta.model_name}_changelist")
    for name in ("a\0", "role__exact", "state__exact", "kind__exact", "type", "workspace__id__exact", "at", "o", "p"):
        assert desk.get(f"{listed}?{quote(name)}=%00").status_code == 400
        assert desk.get(f"{listed}?a=1&{quote(name)}=x%00y").status_code == 400
