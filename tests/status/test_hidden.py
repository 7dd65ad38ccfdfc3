"""The canary's people and their workspace are in no list, no search, no count, and within nobody's reach."""

import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.actions.people import make_staff
from accounts.actions.sessions import open_session, prolong_sessions
from accounts.handshake import signed_in
from accounts.models import User
from collab.status import people
from collab.status.forgetting import forget_messages
from collab.status.models import Canary
from rooms.access import access_room, access_workspace, people_of, visible_rooms
from rooms.actions.members import add_member
from rooms.actions.messages import post_message
from rooms.actions.rooms import create_room, open_direct
from rooms.errors import NotAllowed, PersonNotFound, RoomNotFound, WorkspaceNotFound
from rooms.models import Delivery, Event, Membership, Message, Role, Room, Workspace
from rooms.search import find_messages
from rooms.unread import room_states

WORD = "kingfisher"


@pytest.fixture
def canary(room: Room) -> Canary:
    """It has said something."""
    canary = people.settled()
    say(canary, f"{WORD} one")
    return canary


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    """The browser of somebody of the staff."""
    stella = User.objects.create_user("stella@example.org", "stella-password", name="Stella", handle="stella")
    make_staff(user=stella)
    client.force_login(stella, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def say(canary: Canary, text: str) -> int:
    seq = post_message(user=canary.speaker, room_id=canary.room_id, client_id=uuid.uuid4(), text=text).seq
    assert seq is not None
    return seq


def place(user: User) -> Membership:
    return Membership.objects.select_related("workspace", "user").get(user=user)


def test_it_is_made_once_and_is_hidden(canary: Canary) -> None:
    assert people.settled() == canary
    assert User.objects.filter(is_hidden=True).count() == 2
    assert canary.room.workspace.is_hidden
    assert Workspace.objects.filter(is_hidden=True).count() == 1
    assert not User.objects.get(handle="ada").is_hidden


def test_nobody_signs_in_as_them_and_no_mail_lets_anybody_in(canary: Canary, client: Client) -> None:
    for user in (canary.speaker, canary.listener):
        assert not user.has_usable_password()
        assert user.email.endswith(".invalid")
        answer = client.post("/account/login/", {"login": user.email, "password": "anything at all"})
        assert answer.status_code == 200
        client.post("/account/password/reset/", {"email": user.email})
    assert not [each for each in mail.outbox if "/reset/key/" in each.body]
    ada = User.objects.get(handle="ada")
    client.post("/account/password/reset/", {"email": ada.email})
    assert [each for each in mail.outbox if "/reset/key/" in each.body]


def test_their_rooms_are_not_there_for_anybody_else(canary: Canary, ada: User, mallory: User) -> None:
    for user in (ada, mallory):
        with pytest.raises(RoomNotFound):
            access_room(user, canary.room_id)
        with pytest.raises(WorkspaceNotFound):
            access_workspace(user, canary.room.workspace.slug)
        assert canary.room not in visible_rooms(place(user))
        assert canary.room_id not in {state.room for state in room_states(user, [canary.room_id])}


def test_no_search_finds_what_they_say_nor_them(canary: Canary, ada: User, room: Room) -> None:
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text=f"{WORD} two")
    assert [found.room_id for found in find_messages(place(ada), WORD)] == [room.pk]
    assert not people_of(place(ada)).filter(is_hidden=True).exists()


@pytest.mark.parametrize(
    "path",
    [
        "people/",
        "people/?q=Canary",
        "direct/",
        "direct/?q=Canary",
        "rooms/",
        "search/?q=kingfisher",
        "switch/",
        "switch/?q=Canary",
        "",
    ],
)
def test_no_page_of_a_workspace_shows_them(canary: Canary, ada: User, client: Client, path: str) -> None:
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/w/analytical-engines/{path}", follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    for secret in (canary.speaker.handle, canary.listener.name, people.NAME, f"{WORD} one"):
        assert secret not in text


def test_neither_completion_nor_the_api_shows_them(canary: Canary, ada: User, room: Room, client: Client) -> None:
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/w/analytical-engines/r/{room.pk}/people/?q=ca").json() == []
    assert [each["slug"] for each in client.get("/api/v1/workspaces/").json()] == ["analytical-engines"]
    for path in (
        f"workspaces/{canary.room.workspace.slug}/rooms/",
        f"rooms/{canary.room_id}/",
        f"rooms/{canary.room_id}/messages/",
        f"rooms/{canary.room_id}/events/",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 404


def test_nobody_can_write_to_them_or_take_them_along(canary: Canary, ada: User, workspace: Workspace) -> None:
    with pytest.raises(PersonNotFound):
        open_direct(by=place(ada), people=[canary.speaker])
    with pytest.raises(PersonNotFound):
        create_room(by=place(ada), name="trap", kind=Room.Kind.PUBLIC, people=[canary.listener])
    with pytest.raises(NotAllowed):
        add_member(workspace=workspace, user=canary.speaker, role=Role.MEMBER, by=ada)
    with pytest.raises(NotAllowed):
        add_member(workspace=canary.room.workspace, user=ada, role=Role.GUEST, by=ada)
    assert set(canary.room.workspace.people.all()) == {canary.speaker, canary.listener}


def test_what_they_say_has_no_mail_follow(canary: Canary) -> None:
    say(canary, "and again")
    assert not Delivery.objects.exists()


def test_staff_sees_them_marked_and_may_do_nothing_to_them(canary: Canary, desk: Client) -> None:
    listed = desk.get(reverse("admin:accounts_user_changelist")).content.decode()
    assert listed.count("The site&#x27;s own") == 2
    assert "The site&#x27;s own" in desk.get(reverse("admin:rooms_workspace_changelist")).content.decode()
    page = desk.get(reverse("admin:accounts_user_change", args=[canary.speaker.pk])).content.decode()
    assert "Make staff" not in page
    assert "Keep out" not in page
    membership = Membership.objects.get(user=canary.listener)
    assert "Make owner" not in desk.get(reverse("admin:rooms_membership_change", args=[membership.pk])).content.decode()


def test_what_they_say_is_not_among_what_staff_reads(canary: Canary, ada: User, room: Room, desk: Client) -> None:
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="of a person")
    for model in ("message", "event"):
        text = desk.get(reverse(f"admin:rooms_{model}_changelist")).content.decode()
        assert "of a person" in text
        assert WORD not in text


def test_a_session_of_theirs_opens_a_socket_and_lasts_as_long_as_it_is_prolonged(canary: Canary) -> None:
    key = open_session(user=canary.speaker, seconds=3600)
    (found,) = signed_in([key])
    assert found is not None
    assert found[0] == canary.speaker
    prolong_sessions(keys=[key], seconds=-1)
    assert signed_in([key]) == [None]
    prolong_sessions(keys=[key], seconds=3600)
    (again,) = signed_in([key])
    assert again is not None


def test_what_they_said_goes_for_good_after_a_day_and_nothing_else_does(canary: Canary, ada: User, room: Room) -> None:
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="of a person")
    young = say(canary, "young")
    with connection.cursor() as cursor:
        for table in ("rooms_message", "rooms_event"):
            older = f"UPDATE {table} SET at = at - interval '25 hours' WHERE room_id = %s AND seq <> %s"
            cursor.execute(older, [canary.room_id, young])
            cursor.execute(older, [room.pk, 0])
    assert forget_messages() == 1
    assert list(Message.objects.filter(room=canary.room).values_list("seq", flat=True)) == [young]
    kinds = Event.objects.filter(room=canary.room).order_by("seq").values_list("type", flat=True)
    assert list(kinds) == ["created", "joined", "joined", "posted"]
    assert Message.objects.filter(room=room).count() == 1
    assert say(canary, "next") == young + 1
    assert forget_messages() == 0


def test_on_a_site_without_a_canary_there_is_nothing_to_forget(db: None) -> None:
    assert forget_messages() == 0
