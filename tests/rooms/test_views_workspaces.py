from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from rooms.actions.messages import post_message
from rooms.actions.rooms import create_room, open_direct
from rooms.models import Room, Workspace

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_visitors_see_what_this_is(db: None) -> None:
    answer = Client().get("/")
    assert answer.status_code == 200
    assert "Sign in" in answer.content.decode()


def test_somebody_without_a_workspace_is_shown_how_to_get_into_one(db: None, as_: Visit) -> None:
    newcomer = User.objects.create_user("new@example.org", "x")
    assert "You are not in a workspace yet" in as_(newcomer).get("/").content.decode()


def test_home_leads_back_to_the_room_where_one_was(ada: User, room: Room, general: Room, as_: Visit) -> None:
    client, slug = as_(ada), room.workspace.slug
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/w/{slug}/r/{general.pk}/"
    client.get(f"/w/{slug}/r/{room.pk}/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/w/{slug}/r/{room.pk}/"


def test_a_room_that_one_has_left_is_not_where_one_comes_back_to(
    ben: User, room: Room, general: Room, as_: Visit
) -> None:
    client, slug = as_(ben), room.workspace.slug
    client.get(f"/w/{slug}/r/{room.pk}/")
    client.post(f"/w/{slug}/r/{room.pk}/details/", {"do": "leave"})
    assert client.get(f"/w/{slug}/")["Location"] == f"/w/{slug}/r/{general.pk}/"


def test_a_guest_in_no_room_is_told_so(cleo: User, workspace: Workspace, as_: Visit) -> None:
    assert "You are in no room yet" in as_(cleo).get(f"/w/{workspace.slug}/").content.decode()


@pytest.mark.parametrize("rest", ["", "rooms/", "rooms/new/", "switch/", "search/", "direct/", "people/", "sidebar/"])
def test_a_workspace_that_is_missing_and_one_that_is_hidden_look_alike(
    mallory: User, workspace: Workspace, as_: Visit, rest: str
) -> None:
    client = as_(mallory)
    hidden, missing = client.get(f"/w/{workspace.slug}/{rest}"), client.get(f"/w/nowhere/{rest}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert workspace.name not in hidden.content.decode()


def test_a_workspace_is_made_and_entered(ben: User, as_: Visit) -> None:
    answer = as_(ben).post("/workspaces/new/", {"name": "Café Ω & Söhne"}, follow=True)
    assert answer.status_code == 200
    assert "Café Ω &amp; Söhne" in answer.content.decode()


@pytest.mark.parametrize(("name", "words"), [("", "Give it a name"), ("x" * 81, "too long"), ("\u202e", "1 to 80")])
def test_a_workspace_needs_a_name(ben: User, as_: Visit, name: str, words: str) -> None:
    count = Workspace.objects.count()
    assert words in as_(ben).post("/workspaces/new/", {"name": name}).content.decode()
    assert Workspace.objects.count() == count


def test_public_rooms_are_browsed_and_private_ones_are_not(ada: User, ben: User, room: Room, as_: Visit) -> None:
    membership = room.workspace.memberships.get(user=ada)
    create_room(by=membership, name="secret", kind="private")
    create_room(by=membership, name="tea-break", kind="public", topic="Kettle on")
    browse = f"/w/{room.workspace.slug}/rooms/"
    html = as_(ben).get(browse).content.decode()
    assert "tea-break" in html
    assert "secret" not in html.split('id="browse-results"')[1]
    found = as_(ben).get(browse + "?q=kettle", headers=HTMX).content.decode()
    assert "tea-break" in found
    assert ">engine<" not in found
    assert "No room found" in as_(ben).get(browse + "?q=<zebra>", headers=HTMX).content.decode()


def test_a_guest_browses_only_rooms_they_are_in(cleo: User, room: Room, as_: Visit) -> None:
    html = as_(cleo).get(f"/w/{room.workspace.slug}/rooms/", headers=HTMX).content.decode()
    assert "engine" not in html


def test_a_room_is_made_and_entered(ben: User, workspace: Workspace, as_: Visit) -> None:
    path = f"/w/{workspace.slug}/rooms/new/"
    answer = as_(ben).post(path, {"name": "cogs", "topic": "", "kind": "private"}, headers=HTMX)
    room = Room.objects.get(name="cogs")
    assert answer["HX-Redirect"] == f"/w/{workspace.slug}/r/{room.pk}/"
    assert room.kind == "private"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "kind": "public"}, "Give it a name"),
        ({"name": "general", "kind": "public"}, "taken"),
        ({"name": "x" * 81, "kind": "public"}, "too long"),
        ({"name": "x", "kind": "public", "topic": "y" * 251}, "too long"),
    ],
)
def test_what_is_wrong_with_a_new_room_is_explained(
    ben: User, workspace: Workspace, as_: Visit, fields: dict[str, str], words: str
) -> None:
    answer = as_(ben).post(f"/w/{workspace.slug}/rooms/new/", fields, headers=HTMX)
    assert words in answer.content.decode()
    assert workspace.rooms.count() == 1


@pytest.mark.parametrize("kind", ["direct", "", "secret"])
def test_a_kind_of_room_that_is_none_makes_none(ben: User, workspace: Workspace, as_: Visit, kind: str) -> None:
    as_(ben).post(f"/w/{workspace.slug}/rooms/new/", {"name": "x", "kind": kind})
    assert workspace.rooms.count() == 1


def test_guests_make_no_rooms(cleo: User, workspace: Workspace, as_: Visit) -> None:
    path = f"/w/{workspace.slug}/rooms/new/"
    assert as_(cleo).get(path).status_code == 403
    assert as_(cleo).post(path, {"name": "x", "kind": "public"}).status_code == 403


def test_the_switcher_finds_rooms_and_people_the_best_match_first(ada: User, ben: User, room: Room, as_: Visit) -> None:
    membership = room.workspace.memberships.get(user=ada)
    for name in ("steam-engine", "engine-room"):
        create_room(by=membership, name=name, kind="public")
    html = as_(ada).get(f"/w/{room.workspace.slug}/switch/?q=engine", headers=HTMX).content.decode()
    places = [html.index(f">{name}<") for name in ("engine", "engine-room", "steam-engine")]
    assert places == sorted(places)
    assert "switch-person" in as_(ada).get(f"/w/{room.workspace.slug}/switch/?q=%40be", headers=HTMX).content.decode()
    assert "Nothing is called" in as_(ada).get(f"/w/{room.workspace.slug}/switch/?q=(((").content.decode()


def test_the_empty_switcher_begins_with_what_is_unread(ada: User, ben: User, room: Room, as_: Visit) -> None:
    from uuid import uuid4

    post_message(user=ada, room_id=room.pk, client_id=uuid4(), text="look")
    html = as_(ben).get(f"/w/{room.workspace.slug}/switch/?q=", headers=HTMX).content.decode()
    assert html.index("engine") < html.index("general")


def test_a_guest_switches_only_to_people_they_share_a_room_with(cleo: User, ben: User, room: Room, as_: Visit) -> None:
    html = as_(cleo).get(f"/w/{room.workspace.slug}/switch/?q=ben", headers=HTMX).content.decode()
    assert "switch-person" not in html


def test_a_direct_conversation_is_opened_once(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    path = f"/w/{workspace.slug}/direct/"
    first = as_(ada).post(path, {"people": [ben.pk]})
    second = as_(ben).post(path, {"people": [ada.pk]}, headers=HTMX)
    assert first["Location"] == second["HX-Redirect"]
    assert set(Room.objects.get(kind="direct").people.all()) == {ada, ben}


@pytest.mark.parametrize("people", [[], ["x"], ["0"], ["9" * 30]])
def test_a_direct_conversation_needs_people(ada: User, workspace: Workspace, as_: Visit, people: list[str]) -> None:
    answer = as_(ada).post(f"/w/{workspace.slug}/direct/", {"people": people})
    assert answer.status_code == 200
    assert "field__error" in answer.content.decode()
    assert not Room.objects.filter(kind="direct").exists()


def test_people_of_other_workspaces_cannot_be_written_to(
    ada: User, mallory: User, workspace: Workspace, as_: Visit
) -> None:
    answer = as_(ada).post(f"/w/{workspace.slug}/direct/", {"people": [mallory.pk]})
    assert "no such person" in answer.content.decode()
    assert not Room.objects.filter(kind="direct").exists()


def test_people_are_picked_while_typing_and_the_chosen_stay(
    ada: User, ben: User, cleo: User, workspace: Workspace, as_: Visit
) -> None:
    path = f"/w/{workspace.slug}/direct/?q=cl&people={ben.pk}"
    html = as_(ada).get(path, headers={**HTMX, "HX-Target": "direct-people"}).content.decode()
    assert f'value="{ben.pk}" checked' in html
    assert f'value="{cleo.pk}"' in html
    assert "<form" not in html
    assert open_direct(by=workspace.memberships.get(user=ada), people=[ben]).pk
