from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from rooms.access import access_room
from rooms.actions import pins
from rooms.actions.messages import post_message
from rooms.actions.reactions import react
from rooms.actions.room_people import leave_room
from rooms.actions.room_settings import archive_room
from rooms.actions.rooms import create_room, open_direct
from rooms.api.throttle import PersonThrottle
from rooms.models import Message, Room, Workspace
from tests.rooms.races import meanwhile

Visit = Callable[[User], Client]
API = "/api/v1"


def say(user: User, room: Room, text: str = "words") -> int:
    return post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq


def send(client: Client, method: str, path: str, body: object = None) -> Any:
    return client.generic(method, API + path, _json(body), content_type="application/json")


def _json(body: object) -> str:
    import json

    return json.dumps(body) if body is not None else ""


def test_ones_workspaces_are_listed(ada: User, cleo: User, workspace: Workspace, as_: Visit) -> None:
    (listed,) = as_(ada).get(f"{API}/workspaces/").json()
    assert (listed["slug"], listed["role"], listed["general"]) == (workspace.slug, "owner", workspace.general_id)
    (listed,) = as_(cleo).get(f"{API}/workspaces/").json()
    assert (listed["role"], listed["general"]) == ("guest", None)


def test_rooms_are_listed_as_far_as_one_may_see_them(ada: User, ben: User, cleo: User, room: Room, as_: Visit) -> None:
    membership = room.workspace.memberships.get(user=ada)
    create_room(by=membership, name="secret", kind="private")
    create_room(by=membership, name="open", kind="public")
    open_direct(by=membership, people=[ben])
    path = f"{API}/workspaces/{room.workspace.slug}/rooms/"
    assert {(each["name"], each["is_member"]) for each in as_(ben).get(path).json()} == {
        ("general", True),
        ("engine", True),
        ("open", False),
        ("Ada", True),
    }
    assert as_(cleo).get(path).json() == []


def test_rooms_are_listed_part_by_part(ada: User, room: Room, as_: Visit) -> None:
    client, path = as_(ada), f"{API}/workspaces/{room.workspace.slug}/rooms/"
    first = client.get(path + "?limit=1").json()
    rest = client.get(f"{path}?after={first[0]['id']}").json()
    assert [each["id"] for each in first + rest] == [room.workspace.general_id, room.pk]
    for query in ("?limit=0", "?limit=501", "?after=x", "?after=-1"):
        assert client.get(path + query).json()["code"] == "invalid"


def test_a_room_is_made_and_shown(ben: User, workspace: Workspace, as_: Visit) -> None:
    made = send(as_(ben), "POST", f"/workspaces/{workspace.slug}/rooms/", {"name": "cogs", "kind": "private"})
    assert made.status_code == 201
    shown = as_(ben).get(f"{API}/rooms/{made.json()['id']}/").json()
    assert (shown["name"], shown["kind"], shown["is_member"], shown["archived"]) == ("cogs", "private", True, False)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "general"}, 409, "name_taken"),
        ({"name": "x" * 81}, 400, "name_invalid"),
        ({"name": ""}, 400, "invalid"),
        ({}, 400, "invalid"),
        ([], 400, "invalid"),
        ({"name": "x", "kind": "direct"}, 400, "invalid"),
        ({"name": "x", "people": [10**9]}, 404, "person_not_found"),
        ({"name": "x", "people": ["x"]}, 400, "invalid"),
        ({"name": "x", "people": [10**30]}, 400, "invalid"),
    ],
)
def test_a_room_that_will_not_do_is_not_made(
    ben: User, workspace: Workspace, as_: Visit, body: object, status: int, code: str
) -> None:
    answer = send(as_(ben), "POST", f"/workspaces/{workspace.slug}/rooms/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert workspace.rooms.count() == 1


def test_guests_make_no_rooms(cleo: User, workspace: Workspace, as_: Visit) -> None:
    answer = send(as_(cleo), "POST", f"/workspaces/{workspace.slug}/rooms/", {"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_message_is_accepted_once(ada: User, ben: User, room: Room, as_: Visit) -> None:
    path, body = f"/rooms/{room.pk}/messages/", {"client_id": str(uuid4()), "text": "The **cogs**, @ben"}
    first, second = (send(as_(ada), "POST", path, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    shown = first.json()
    assert (shown["text"], shown["author"]["handle"], shown["mentions"]) == ("The **cogs**, @ben", "ada", [ben.pk])
    assert "<strong>cogs</strong>" in shown["html"]
    assert Message.objects.count() == 1
    reused = send(as_(ada), "POST", path, {**body, "text": "other"})
    assert (reused.status_code, reused.json()["code"]) == (409, "client_id_reused")


def test_a_repeat_is_answered_though_one_has_left_since(ada: User, ben: User, room: Room, as_: Visit) -> None:
    path, body = f"/rooms/{room.pk}/messages/", {"client_id": str(uuid4()), "text": "once"}
    first = send(as_(ben), "POST", path, body)
    access = access_room(ben, room.pk)
    leave_room(access=access)
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.PRIVATE)
    react(user=ada, room_id=room.pk, message=first.json()["seq"], emoji="👍")
    again = send(as_(ben), "POST", path, body)
    assert (again.status_code, again.json()) == (200, first.json())
    other = send(as_(ben), "POST", path, {**body, "client_id": str(uuid4())})
    assert (other.status_code, other.json()["code"]) == (404, "room_not_found")


@pytest.mark.django_db(transaction=True)
def test_of_two_retries_at_once_one_is_told_that_it_was_said(ada: User, room: Room, as_: Visit) -> None:
    path, client_id = f"/rooms/{room.pk}/messages/", uuid4()
    client = as_(ada)
    with meanwhile(lambda: send(client, "POST", path, {"client_id": str(client_id), "text": "once"})) as other:
        with transaction.atomic():
            first = post_message(user=ada, room_id=room.pk, client_id=client_id, text="once")
            other.begin()
        again = other.outcome()
    assert not first.is_repeat
    assert (again.status_code, again.json()["seq"]) == (200, first.seq)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"client_id": str(uuid4()), "text": ""}, "text_empty"),
        ({"client_id": str(uuid4()), "text": " \u200b\n"}, "text_empty"),
        ({"client_id": str(uuid4()), "text": "x" * 16001}, "text_too_long"),
        ({"client_id": str(uuid4()), "text": "a\ud800"}, "text_invalid"),
        ({"client_id": str(uuid4()), "text": "a\x00"}, "text_invalid"),
        ({"client_id": str(uuid4()), "text": None}, "invalid"),
        ({"client_id": str(uuid4()), "text": {}}, "invalid"),
        ({"client_id": "x", "text": "words"}, "invalid"),
        ({"text": "words"}, "invalid"),
        ({}, "invalid"),
        (7, "invalid"),
    ],
)
def test_a_message_that_will_not_do_is_not_stored(ada: User, room: Room, as_: Visit, body: object, code: str) -> None:
    answer = send(as_(ada), "POST", f"/rooms/{room.pk}/messages/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"]
    assert not Message.objects.exists()


def test_invalid_fields_are_named(ada: User, room: Room, as_: Visit) -> None:
    answer = send(as_(ada), "POST", f"/rooms/{room.pk}/messages/", {"client_id": "x"})
    assert set(answer.json()["fields"]) == {"client_id", "text"}


def test_messages_are_paged_by_seq(ada: User, room: Room, as_: Visit) -> None:
    seqs = [say(ada, room) for _ in range(7)]
    client, path = as_(ada), f"{API}/rooms/{room.pk}/messages/"

    def page(query: str) -> tuple[list[int], bool, bool]:
        body = client.get(path + query).json()
        return [each["seq"] for each in body["messages"]], body["older"], body["newer"]

    assert page("?limit=3") == (seqs[4:], True, False)
    assert page(f"?limit=3&before={seqs[4]}") == (seqs[1:4], True, True)
    assert page(f"?limit=3&after={seqs[1]}") == (seqs[2:5], True, True)
    assert page(f"?after={seqs[6]}") == ([], True, False)
    assert page("?before=1") == ([], False, True)
    assert page("") == (seqs, False, False)


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=101", "?limit=x", "?before=-1", "?after=1e3", f"?before={2**70}"]
)
def test_a_cut_that_is_none_is_refused(ada: User, room: Room, as_: Visit, query: str) -> None:
    answer = as_(ada).get(f"{API}/rooms/{room.pk}/messages/{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_messages_cost_the_same_number_of_queries_however_many(ada: User, ben: User, room: Room, as_: Visit) -> None:
    client = as_(ada)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{API}/rooms/{room.pk}/messages/").status_code == 200
        return len(queries)

    say(ada, room, "@ben")
    cost()
    few = cost()
    for user in (ada, ben) * 5:
        say(user, room, "@ada @ben")
    assert cost() == few


def test_one_edits_ones_own_message_only(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    path = f"/rooms/{room.pk}/messages/{seq}/"
    edited = send(as_(ada), "PATCH", path, {"text": "other words"})
    assert (edited.status_code, edited.json()["text"]) == (200, "other words")
    assert edited.json()["edited_at"]
    refused = send(as_(ben), "PATCH", path, {"text": "mine now"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    empty = send(as_(ada), "PATCH", path, {"text": " "})
    assert (empty.status_code, empty.json()["code"]) == (400, "text_empty")


def test_a_deleted_message_is_a_tombstone(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room, "a secret")
    path = f"/rooms/{room.pk}/messages/{seq}/"
    assert send(as_(ben), "DELETE", path).status_code == 403
    assert send(as_(ada), "DELETE", path).json() == {"seq": seq + 1}
    shown = as_(ada).get(API + path).json()
    assert (shown["deleted"], shown["text"], shown["html"]) == (True, "", "")
    again = send(as_(ada), "DELETE", path)
    assert (again.status_code, again.json()["code"]) == (404, "message_not_found")


def test_reactions_and_pins_are_put_and_taken_once(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    path = f"/rooms/{room.pk}/messages/{seq}/"
    for part in ("reactions/👍/", "pin/"):
        assert send(as_(ben), "PUT", path + part).json()["seq"] > seq
        assert send(as_(ben), "PUT", path + part).json() == {"seq": None}
    shown = as_(ada).get(API + path).json()
    assert (shown["reactions"], shown["pinned"]) == ([{"emoji": "👍", "people": [ben.pk]}], True)
    assert [each["seq"] for each in as_(ada).get(f"{API}/rooms/{room.pk}/pins/").json()] == [seq]
    for part in ("reactions/👍/", "pin/"):
        assert send(as_(ben), "DELETE", path + part).json()["seq"] > seq
        assert send(as_(ben), "DELETE", path + part).json() == {"seq": None}
    assert as_(ada).get(API + path).json()["reactions"] == []


@pytest.mark.parametrize(
    ("spellings", "kept"),
    [
        (("👍\ufe0f", "👍"), "👍"),
        (("❤", "❤\ufe0f"), "❤\ufe0f"),
        (("👁\u200d🗨", "👁\ufe0f\u200d🗨"), "👁\ufe0f\u200d🗨\ufe0f"),
    ],
)
def test_an_emoji_in_two_spellings_is_one_reaction(
    ada: User, ben: User, room: Room, as_: Visit, spellings: tuple[str, str], kept: str
) -> None:
    seq = say(ada, room)
    path = f"/rooms/{room.pk}/messages/{seq}/"
    one, other = spellings
    assert send(as_(ben), "PUT", f"{path}reactions/{one}/").json()["seq"] > seq
    assert send(as_(ben), "PUT", f"{path}reactions/{other}/").json() == {"seq": None}
    send(as_(ada), "PUT", f"{path}reactions/{other}/")
    assert as_(ada).get(API + path).json()["reactions"] == [{"emoji": kept, "people": [ben.pk, ada.pk]}]
    for user in (ben, ada):
        assert send(as_(user), "DELETE", f"{path}reactions/{other}/").json()["seq"] > seq
    assert as_(ada).get(API + path).json()["reactions"] == []


def test_a_room_keeps_so_many_messages_at_hand(
    ada: User, room: Room, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "MOST_PINS", 2)
    first, second, third = (f"/rooms/{room.pk}/messages/{say(ada, room)}/pin/" for _ in range(3))
    assert [send(as_(ada), "PUT", path).status_code for path in (first, second, second)] == [200, 200, 200]
    refused = send(as_(ada), "PUT", third)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_pins")
    send(as_(ada), "DELETE", first)
    assert send(as_(ada), "PUT", third).status_code == 200


@pytest.mark.parametrize("emoji", ["x", "👍👍", "<b>", "👍x"])
def test_a_reaction_is_one_emoji(ada: User, room: Room, as_: Visit, emoji: str) -> None:
    answer = send(as_(ada), "PUT", f"/rooms/{room.pk}/messages/{say(ada, room)}/reactions/{emoji}/")
    assert (answer.status_code, answer.json()["code"]) == (400, "emoji_unknown")


def test_events_follow_a_seq(ada: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    body = as_(ada).get(f"{API}/rooms/{room.pk}/events/?after={seq - 1}").json()
    assert body["head"] == seq
    assert [(each["type"], each["seq"], each["actor"]["handle"]) for each in body["events"]] == [("posted", seq, "ada")]
    assert len(as_(ada).get(f"{API}/rooms/{room.pk}/events/?limit=2").json()["events"]) == 2


def test_positions_go_forward_to_the_head(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    path = f"/rooms/{room.pk}/position/"
    assert send(as_(ben), "PUT", path, {"position": seq}).json() == {"position": seq}
    assert send(as_(ben), "PUT", path, {"position": 1}).json() == {"position": seq}
    beyond = send(as_(ben), "PUT", path, {"position": seq + 1})
    assert (beyond.status_code, beyond.json()["code"]) == (400, "position_beyond_head")
    wrong = send(as_(ben), "PUT", path, {"position": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("GET", "", None),
        ("GET", "messages/", None),
        ("POST", "messages/", {"client_id": str(uuid4()), "text": "x"}),
        ("GET", "messages/1/", None),
        ("PATCH", "messages/1/", {"text": "x"}),
        ("DELETE", "messages/1/", None),
        ("PUT", "messages/1/reactions/👍/", None),
        ("DELETE", "messages/1/reactions/👍/", None),
        ("PUT", "messages/1/pin/", None),
        ("GET", "pins/", None),
        ("GET", "events/", None),
        ("GET", "position/", None),
        ("PUT", "position/", {"position": 0}),
    ],
)
def test_a_room_that_is_missing_and_one_that_is_hidden_look_alike(
    ada: User, cleo: User, mallory: User, room: Room, as_: Visit, method: str, rest: str, body: object
) -> None:
    say(ada, room)
    for client in (as_(cleo), as_(mallory)):
        hidden = send(client, method, f"/rooms/{room.pk}/{rest}", body)
        missing = send(client, method, f"/rooms/{room.pk + 1000}/{rest}", body)
        assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
        assert (hidden.status_code, hidden.json()["code"]) == (404, "room_not_found")


def test_whoever_only_looks_in_posts_nothing(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    room = create_room(by=workspace.memberships.get(user=ada), name="open", kind="public")
    assert as_(ben).get(f"{API}/rooms/{room.pk}/messages/").status_code == 200
    answer = send(as_(ben), "POST", f"/rooms/{room.pk}/messages/", {"client_id": str(uuid4()), "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found")
    assert as_(ben).get(f"{API}/rooms/{room.pk}/events/").status_code == 404


def test_an_archived_room_is_read_and_not_changed(ada: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    archive_room(access=access_room(ada, room.pk))
    assert as_(ada).get(f"{API}/rooms/{room.pk}/messages/").json()["messages"]
    for method, rest in (("PUT", f"messages/{seq}/pin/"), ("DELETE", f"messages/{seq}/")):
        answer = send(as_(ada), method, f"/rooms/{room.pk}/{rest}")
        assert (answer.status_code, answer.json()["code"]) == (409, "room_archived")


def test_whoever_is_signed_out_is_told_so(room: Room) -> None:
    answer = Client().get(f"{API}/rooms/{room.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_a_page_elsewhere_cannot_post_with_ones_session(ada: User, room: Room) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    answer = send(client, "POST", f"/rooms/{room.pk}/messages/", {"client_id": str(uuid4()), "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("POST", "messages/", "not json", 400, "malformed"),
        ("DELETE", "messages/", "", 405, "method_not_allowed"),
        ("GET", "nowhere/", "", 404, "not_found"),
    ],
)
def test_whatever_is_wrong_with_a_request_is_coded(
    ada: User, room: Room, as_: Visit, method: str, path: str, content: str, status: int, code: str
) -> None:
    answer = as_(ada).generic(method, f"{API}/rooms/{room.pk}/{path}", content, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_other_types_than_json_are_refused(ada: User, room: Room, as_: Visit) -> None:
    answer = as_(ada).generic("POST", f"{API}/rooms/{room.pk}/messages/", "<x/>", content_type="application/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_more_than_a_person_can_ask_is_too_fast(
    ada: User, workspace: Workspace, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    PersonThrottle.cache.clear()
    monkeypatch.setattr(PersonThrottle, "rate", "2/min")
    client = as_(ada)
    statuses = [client.get(f"{API}/workspaces/") for _ in range(3)]
    PersonThrottle.cache.clear()
    assert [answer.status_code for answer in statuses] == [200, 200, 429]
    assert statuses[2].json()["code"] == "too_fast"
    assert int(statuses[2]["Retry-After"]) > 0


def test_a_database_that_is_away_is_unavailable(
    ada: User, workspace: Workspace, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("rooms.api.workspaces.access_workspace", away)
    answer = as_(ada).get(f"{API}/workspaces/{workspace.slug}/rooms/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"] == "2"
