from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from rooms.access import access_room
from rooms.actions.room_people import add_people
from rooms.actions.room_settings import archive_room
from rooms.actions.rooms import create_room, open_direct
from rooms.models import Room, RoomMembership, Workspace

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def details(room: Room) -> str:
    return f"/w/{room.workspace.slug}/r/{room.pk}/details/"


def is_in(user: User, room: Room) -> bool:
    return RoomMembership.objects.filter(user=user, room=room).exists()


def test_the_panel_shows_topic_and_people(ada: User, ben: User, room: Room, as_: Visit) -> None:
    html = as_(ada).get(details(room), headers=HTMX).content.decode()
    assert "@ben" in html
    assert "<html" not in html
    assert "<html" in as_(ada).get(details(room)).content.decode()


def test_joining_is_a_post_and_leads_to_the_room(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    room = create_room(by=workspace.memberships.get(user=ada), name="open", kind="public")
    as_(ben).get(details(room) + "?do=join")
    assert not is_in(ben, room)
    answer = as_(ben).post(details(room), {"do": "join"})
    assert answer["Location"] == f"/w/{workspace.slug}/r/{room.pk}/"
    assert is_in(ben, room)


def test_leaving_leads_out_of_the_room(ben: User, room: Room, as_: Visit) -> None:
    answer = as_(ben).post(details(room), {"do": "leave"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"/w/{room.workspace.slug}/"
    assert not is_in(ben, room)


def test_nobody_leaves_the_general_room(ben: User, general: Room, as_: Visit) -> None:
    answer = as_(ben).post(details(general), {"do": "leave"}, headers=HTMX)
    assert answer.status_code == 403
    assert is_in(ben, general)


def test_its_maker_renames_a_room_and_a_member_does_not(ada: User, ben: User, room: Room, as_: Visit) -> None:
    as_(ada).post(details(room), {"do": "rename", "name": "cogs"})
    room.refresh_from_db()
    assert room.name == "cogs"
    html = as_(ben).post(details(room), {"do": "rename", "name": "mine"}, headers=HTMX).content.decode()
    room.refresh_from_db()
    assert room.name == "cogs"
    assert "readonly" in html


@pytest.mark.parametrize(
    ("name", "words"), [("", "Give it a name"), ("x" * 81, "too long"), ("General", "taken"), ("a\u202eb", "1 to 80")]
)
def test_a_name_that_will_not_do_is_explained_beside_the_field(
    ada: User, room: Room, as_: Visit, name: str, words: str
) -> None:
    html = as_(ada).post(details(room), {"do": "rename", "name": name}, headers=HTMX).content.decode()
    assert words in html
    room.refresh_from_db()
    assert room.name == "engine"


def test_a_topic_is_set_and_an_over_long_one_explained(ben: User, room: Room, as_: Visit) -> None:
    as_(ben).post(details(room), {"do": "topic", "topic": "cogs and wheels"})
    room.refresh_from_db()
    assert room.topic == "cogs and wheels"
    html = as_(ben).post(details(room), {"do": "topic", "topic": "x" * 251}, headers=HTMX).content.decode()
    assert "too long" in html


def test_people_are_added_and_removed(ada: User, ben: User, cleo: User, room: Room, as_: Visit) -> None:
    html = as_(ada).post(details(room), {"do": "add", "person": cleo.pk}, headers=HTMX).content.decode()
    assert is_in(cleo, room)
    assert "@cleo" in html
    as_(ada).post(details(room), {"do": "remove", "person": ben.pk}, headers=HTMX)
    assert not is_in(ben, room)


def test_a_member_removes_nobody(ada: User, ben: User, room: Room, as_: Visit) -> None:
    as_(ben).post(details(room), {"do": "remove", "person": ada.pk}, headers=HTMX)
    assert is_in(ada, room)


@pytest.mark.parametrize("person", ["", "x", "0", "9" * 30])
def test_a_person_who_is_none_is_explained(ada: User, room: Room, as_: Visit, person: str) -> None:
    answer = as_(ada).post(details(room), {"do": "add", "person": person}, headers=HTMX)
    assert answer.status_code == 200
    assert "field__error" in answer.content.decode()


def test_people_of_other_workspaces_cannot_be_added(ada: User, mallory: User, room: Room, as_: Visit) -> None:
    html = as_(ada).post(details(room), {"do": "add", "person": mallory.pk}, headers=HTMX).content.decode()
    assert "no such person" in html
    assert not is_in(mallory, room)


def test_a_guest_adds_nobody(ada: User, ben: User, cleo: User, workspace: Workspace, as_: Visit) -> None:
    room = create_room(by=workspace.memberships.get(user=ada), name="small", kind="private", people=[cleo])
    as_(cleo).post(details(room), {"do": "add", "person": ada.pk}, headers=HTMX)
    assert not is_in(ben, room)
    assert "Add a person" not in as_(cleo).get(details(room), headers=HTMX).content.decode()


def test_a_room_is_archived_and_opened_again(ada: User, room: Room, as_: Visit) -> None:
    as_(ada).post(details(room), {"do": "archive"})
    room.refresh_from_db()
    assert room.archived_at is not None
    as_(ada).post(details(room), {"do": "unarchive"})
    room.refresh_from_db()
    assert room.archived_at is None


def test_an_archived_room_cannot_be_joined_or_changed(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    room = create_room(by=workspace.memberships.get(user=ada), name="open", kind="public")
    archive_room(access=access_room(ada, room.pk))
    assert as_(ben).post(details(room), {"do": "join"}).status_code == 409
    assert not is_in(ben, room)
    html = as_(ada).post(details(room), {"do": "topic", "topic": "new"}, headers=HTMX).content.decode()
    assert "new" not in Room.objects.get(pk=room.pk).topic
    assert html


@pytest.mark.parametrize("do", ["", "explode", "join;archive"])
def test_a_deed_that_is_none_is_refused(ada: User, room: Room, as_: Visit, do: str) -> None:
    assert as_(ada).post(details(room), {"do": do}).status_code == 403


def test_nobody_acts_on_a_room_they_cannot_see(cleo: User, mallory: User, room: Room, as_: Visit) -> None:
    for user in (cleo, mallory):
        for do in ("join", "leave", "archive", "rename", "add"):
            assert as_(user).post(details(room), {"do": do, "name": "x"}).status_code == 404
        assert not is_in(user, room)


def test_a_direct_conversation_has_no_name_to_change(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    direct = open_direct(by=workspace.memberships.get(user=ada), people=[ben])
    html = as_(ada).get(details(direct), headers=HTMX).content.decode()
    assert "details-name" not in html
    as_(ada).post(details(direct), {"do": "rename", "name": "x"}, headers=HTMX)
    direct.refresh_from_db()
    assert direct.name == ""


def test_a_guest_put_into_a_room_sees_its_people(ada: User, cleo: User, room: Room, as_: Visit) -> None:
    add_people(access=access_room(ada, room.pk), people=[cleo])
    assert "@ben" in as_(cleo).get(details(room), headers=HTMX).content.decode()
