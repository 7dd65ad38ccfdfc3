from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from rooms.access import access_room
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.positions import read_to
from rooms.actions.reactions import react
from rooms.actions.room_people import add_people
from rooms.actions.room_settings import archive_room
from rooms.actions.rooms import create_room, open_direct
from rooms.models import Room, Workspace

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def at(room: Room, rest: str = "") -> str:
    return f"/w/{room.workspace.slug}/r/{room.pk}/{rest}"


def say(user: User, room: Room, text: str = "words") -> int:
    return post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq


def test_the_room_page_arrives_with_its_last_messages(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ben, room, "The **cogs** turn, @ada")
    html = as_(ada).get(at(room)).content.decode()
    assert f'id="m{seq}"' in html
    assert "The <strong>cogs</strong> turn" in html
    assert "mentions-me" in html
    assert f'data-room="{room.pk}"' in html
    assert f'data-head="{seq}"' in html


def test_an_address_with_a_seq_opens_around_that_message(ada: User, room: Room, as_: Visit) -> None:
    seqs = [say(ada, room) for _ in range(60)]
    html = as_(ada).get(at(room, f"?at={seqs[5]}")).content.decode()
    assert f'id="m{seqs[5]}"' in html
    assert f'id="m{seqs[-1]}"' not in html
    assert 'data-timeline-newer-value="true"' in html


def test_a_room_with_much_that_is_unread_opens_at_the_first_of_it(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seqs = [say(ada, room) for _ in range(60)]
    html = as_(ben).get(at(room)).content.decode()
    assert html.index('id="new-line"') < html.index(f'id="m{seqs[0]}"')
    assert f'id="m{seqs[-1]}"' not in html
    assert f'id="m{seqs[-1]}"' in as_(ada).get(at(room)).content.decode()


@pytest.mark.parametrize("seq", ["", "x", "-1", "1.5", "9" * 40, "٣"])
def test_a_seq_that_is_none_does_no_harm(ada: User, room: Room, as_: Visit, seq: str) -> None:
    assert as_(ada).get(at(room, f"?at={seq}")).status_code == 200
    assert as_(ada).get(at(room, f"timeline/?before={seq}")).status_code == 200


def test_the_page_of_a_room_costs_the_same_number_of_queries_however_much_is_said(
    ada: User, ben: User, room: Room, as_: Visit
) -> None:
    client = as_(ada)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(room)).status_code == 200
        return len(queries)

    def talk() -> None:
        seq = say(ben, room, "@ada look")
        react(user=ada, room_id=room.pk, message=seq, emoji="👍")
        pin_message(user=ben, room_id=room.pk, message=seq)

    talk()
    cost()
    few = cost()
    for _ in range(12):
        talk()
    assert cost() == few
    assert few < 35


def test_the_sidebar_costs_the_same_number_of_queries_however_many_rooms_there_are(
    ada: User, ben: User, workspace: Workspace, room: Room, as_: Visit
) -> None:
    client, membership = as_(ada), workspace.memberships.get(user=ada)
    open_direct(by=membership, people=[ben])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/w/{workspace.slug}/sidebar/", headers=HTMX).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for number in range(6):
        create_room(by=membership, name=f"room {number}", kind="private")
    assert cost() == few


def test_rooms_stand_in_the_sidebar_with_what_is_unread(ada: User, ben: User, room: Room, as_: Visit) -> None:
    say(ada, room, "@ben"), say(ada, room)
    html = as_(ben).get(f"/w/{room.workspace.slug}/sidebar/", headers=HTMX).content.decode()
    link = html.split(f'data-room="{room.pk}"')[1].split("</a>")[0]
    assert 'data-unread="2"' in link
    assert 'data-mentions="1"' in link
    assert "engine" in link


def test_a_direct_conversation_is_named_by_the_others(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    direct = open_direct(by=workspace.memberships.get(user=ada), people=[ben])
    assert "<title>Ben ·" in as_(ada).get(at(direct)).content.decode()
    assert "<title>Ada ·" in as_(ben).get(at(direct)).content.decode()


@pytest.mark.parametrize("rest", ["", "timeline/", "details/", "pins/", "people/", "seen/1/", "m/1/history/", "?at=1"])
def test_a_room_that_is_missing_and_one_that_is_hidden_look_alike(
    ada: User, cleo: User, mallory: User, room: Room, as_: Visit, rest: str
) -> None:
    hidden = create_room(by=room.workspace.memberships.get(user=ada), name="secret", kind="private")
    missing = f"/w/{room.workspace.slug}/r/{hidden.pk + 1000}/{rest}"
    for client in (as_(cleo), as_(mallory)):
        answers = [client.get(path, headers=headers) for path in (at(hidden, rest), missing) for headers in ({}, HTMX)]
        assert {answer.status_code for answer in answers} == {404}
        assert "secret" not in "".join(answer.content.decode() for answer in answers)
        assert answers[1].content == answers[3].content


def test_a_guest_does_not_look_into_public_rooms(cleo: User, room: Room, as_: Visit) -> None:
    assert as_(cleo).get(at(room)).status_code == 404


def test_a_member_looks_into_a_public_room_from_outside(ada: User, ben: User, workspace: Workspace, as_: Visit) -> None:
    room = create_room(by=workspace.memberships.get(user=ada), name="open", kind="public")
    html = as_(ben).get(at(room)).content.decode()
    assert "from outside" in html
    assert 'id="composer"' not in html


def test_a_room_stands_under_its_own_workspace_only(ada: User, mallory: User, room: Room, as_: Visit) -> None:
    from rooms.actions.workspaces import create_workspace

    other = create_workspace(owner=ada, name="Other")
    assert as_(ada).get(f"/w/{other.slug}/r/{room.pk}/").status_code == 404


def test_whoever_is_signed_out_signs_in_and_comes_back(room: Room) -> None:
    answer = Client().get(at(room))
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={at(room)}"
    part = Client().get(at(room, "pins/"), headers={**HTMX, "HX-Current-URL": f"http://testserver{at(room)}"})
    assert part["HX-Redirect"] == f"/account/login/?next={at(room)}"


@pytest.mark.parametrize("large", [2**53, 2**63 - 1, 2**63, 10**30])
def test_numbers_larger_than_any_of_this_site_find_nothing(ada: User, room: Room, as_: Visit, large: int) -> None:
    client = as_(ada)
    assert client.get(f"/w/{room.workspace.slug}/r/{large}/").status_code == 404
    assert client.get(at(room, f"m/{large}/history/")).status_code == 404
    assert client.get(at(room, f"seen/{large}/")).status_code == 200
    assert client.get(at(room, f"?at={large}")).status_code == 200
    assert client.get(f"/api/v1/rooms/{room.pk}/messages/{large}/").status_code == 404


@pytest.mark.parametrize("rest", ["", "timeline/", "pins/", "people/", "seen/1/", "m/1/history/"])
def test_pages_that_only_show_take_no_posts(ada: User, room: Room, as_: Visit, rest: str) -> None:
    assert as_(ada).post(at(room, rest)).status_code == 405


def test_an_archived_room_is_read_without_a_composer(ada: User, room: Room, as_: Visit) -> None:
    say(ada, room, "still here")
    archive_room(access=access_room(ada, room.pk))
    html = as_(ada).get(at(room)).content.decode()
    assert "still here" in html
    assert "This room is archived" in html
    assert 'id="composer"' not in html


def test_what_is_written_reaches_the_page_as_text_and_never_as_markup(
    ada: User, ben: User, room: Room, as_: Visit
) -> None:
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    ben.name = attack[:80]
    ben.save()
    Room.objects.filter(pk=room.pk).update(topic=attack)
    say(ben, room, attack)
    html = as_(ada).get(at(room)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_older_rows_come_as_a_fragment_by_seq(ada: User, room: Room, as_: Visit) -> None:
    seqs = [say(ada, room) for _ in range(5)]
    html = as_(ada).get(at(room, f"timeline/?before={seqs[3]}"), headers=HTMX).content.decode()
    assert f'id="m{seqs[2]}"' in html
    assert f'id="m{seqs[3]}"' not in html
    assert "<html" not in html


def test_pinned_messages_stand_in_a_panel_the_last_pinned_first(ada: User, ben: User, room: Room, as_: Visit) -> None:
    first, second, third = (say(ada, room, f"message {name}") for name in ("one", "two", "three"))
    for seq in (second, first):
        pin_message(user=ben, room_id=room.pk, message=seq)
    html = as_(ada).get(at(room, "pins/"), headers=HTMX).content.decode()
    assert html.index("message one") < html.index("message two")
    assert "message three" not in html
    assert third
    assert "<html" in as_(ada).get(at(room, "pins/")).content.decode()


def test_a_message_tells_who_has_seen_it(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room)
    assert "Nobody has seen it" in as_(ada).get(at(room, f"seen/{seq}/"), headers=HTMX).content.decode()
    read_to(user=ben, room_id=room.pk, position=seq)
    assert "@ben" in as_(ada).get(at(room, f"seen/{seq}/"), headers=HTMX).content.decode()
    assert "Nobody" in as_(ben).get(at(room, f"seen/{seq}/"), headers=HTMX).content.decode()


def test_earlier_wordings_are_shown_until_the_message_is_deleted(ada: User, ben: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room, "first words <b>")
    edit_message(user=ada, room_id=room.pk, message=seq, text="second words")
    client, path = as_(ben), at(room, f"m/{seq}/history/")
    assert "first words &lt;b&gt;" in client.get(path, headers=HTMX).content.decode()
    delete_message(user=ada, room_id=room.pk, message=seq)
    assert "first words" not in client.get(path, headers=HTMX).content.decode()
    assert client.get(at(room, "m/999/history/"), headers=HTMX).status_code == 404


def test_mentions_complete_with_the_other_people_of_the_room(
    ada: User, ben: User, cleo: User, room: Room, as_: Visit
) -> None:
    add_people(access=access_room(ada, room.pk), people=[cleo])
    found = as_(ada).get(at(room, "people/?q=B")).json()
    assert [(each["id"], each["name"], each["handle"]) for each in found] == [(ben.pk, "Ben", "ben")]
    assert {each["handle"] for each in as_(ada).get(at(room, "people/?q=")).json()} == {"ben", "cleo"}
    assert as_(ada).get(at(room, "people/?q=%00zz")).json() == []


def test_a_refusal_reaches_htmx_as_a_toast_that_leaves_the_page_alone(ada: User, general: Room, as_: Visit) -> None:
    answer = as_(ada).post(at(general, "details/"), {"do": "archive"}, headers=HTMX)
    assert answer.status_code == 403
    assert answer["HX-Reswap"] == "none"
    assert '"code": "not_allowed"' in answer["HX-Trigger"]
