from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from rooms.access import access_room, access_workspace
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.room_people import add_people
from rooms.actions.rooms import create_room, open_direct
from rooms.models import Room, Workspace
from rooms.search import NO_MATCH, find_messages, find_people, mark, rank

Visit = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def say(user: User, room: Room, text: str) -> int:
    return post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq


def found(user: User, workspace: Workspace, query: str, room: Room | None = None) -> list[int]:
    return [each.seq for each in find_messages(access_workspace(user, workspace.slug), query, room)]


def test_messages_are_found_by_the_beginnings_of_their_words(ada: User, room: Room) -> None:
    seq = say(ada, room, "The difference engine stands in access.py")
    for query in ("diff", "ENGINE diff", "access.py", "acc", "engine the"):
        assert found(ada, room.workspace, query) == [seq]
    for query in ("ifference", "engine zebra", "", "   ", "&"):
        assert found(ada, room.workspace, query) == []


@pytest.mark.parametrize(
    "query", ["'", "\\", "a' | 'b", "!diff", "(", ":*", "a:*b", "\x00", "<->", "'':*", "a\\'b", "%", "e" * 5000]
)
def test_no_query_breaks_the_search(ada: User, room: Room, query: str) -> None:
    say(ada, room, "difference")
    found(ada, room.workspace, query)


def test_the_newest_comes_first_and_the_deleted_never(ada: User, room: Room) -> None:
    first, second, gone = (say(ada, room, f"cog number {number}") for number in range(3))
    delete_message(user=ada, room_id=room.pk, message=gone)
    assert found(ada, room.workspace, "cog") == [second, first]


def test_an_edited_message_is_found_by_what_it_says_now(ada: User, room: Room) -> None:
    seq = say(ada, room, "wheels")
    edit_message(user=ada, room_id=room.pk, message=seq, text="levers")
    assert found(ada, room.workspace, "levers") == [seq]
    assert found(ada, room.workspace, "wheels") == []


def test_nobody_finds_what_they_may_not_see(ada: User, ben: User, cleo: User, mallory: User, room: Room) -> None:
    workspace = room.workspace
    membership = workspace.memberships.get(user=ada)
    secret = create_room(by=membership, name="secret", kind="private")
    direct = open_direct(by=membership, people=[ben])
    in_secret, in_open, in_direct = say(ada, secret, "cog"), say(ada, room, "cog"), say(ada, direct, "cog")
    assert found(ada, workspace, "cog") == [in_direct, in_open, in_secret]
    assert found(ben, workspace, "cog") == [in_direct, in_open]
    assert found(cleo, workspace, "cog") == []
    assert found(mallory, mallory.workspaces.get(), "cog") == []
    add_people(access=access_room(ada, room.pk), people=[cleo])
    assert found(cleo, workspace, "cog") == [in_open]


def test_a_search_may_keep_to_one_room(ada: User, room: Room, general: Room) -> None:
    here, there = say(ada, room, "cog"), say(ada, general, "cog")
    assert found(ada, room.workspace, "cog", room) == [here]
    assert found(ada, room.workspace, "cog", general) == [there]


def test_what_was_searched_for_is_marked_without_touching_markup() -> None:
    html = '<p>A <a href="https://cog.org" title="cog &gt; x">cogwheel</a> &lt;cog&gt; recognised</p>'
    marked = mark(html, ["Cog"])
    assert marked == (
        '<p>A <a href="https://cog.org" title="cog &gt; x"><mark>cogwheel</mark></a> '
        "&lt;<mark>cog</mark>&gt; recognised</p>"
    )
    assert mark("<p>&lt;b&gt; &amp;</p>", ["lt", "amp", "<", "p"]) == "<p>&lt;b&gt; &amp;</p>"


def test_results_come_as_a_fragment_and_link_to_the_message(ada: User, room: Room, as_: Visit) -> None:
    seq = say(ada, room, "cogs & <wheels>")
    path = f"/w/{room.workspace.slug}/search/"
    html = as_(ada).get(path, {"q": "cogs", "results": "1"}, headers=HTMX).content.decode()
    assert f"/w/{room.workspace.slug}/r/{room.pk}/?at={seq}" in html
    assert "<mark>cogs</mark> &amp; &lt;wheels&gt;" in html
    assert "<form" not in html
    assert "<form" in as_(ada).get(path, {"room": room.pk}, headers=HTMX).content.decode()
    assert "<html" in as_(ada).get(path, {"q": "cogs"}).content.decode()


def test_a_room_that_may_not_be_seen_cannot_be_searched(
    ada: User, ben: User, cleo: User, room: Room, as_: Visit
) -> None:
    path = f"/w/{room.workspace.slug}/search/"
    assert as_(cleo).get(path, {"q": "x", "room": str(room.pk)}).status_code == 404
    assert as_(cleo).get(path, {"q": "x", "room": str(room.pk + 1000)}).status_code == 404


@pytest.mark.parametrize(
    ("name", "query", "place"),
    [
        ("Ada", "ada", 0),
        ("Ada Lovelace", "ada", 1),
        ("Lovelace, Ada", "ADA", 2),
        ("Canada", "ada", NO_MATCH),
        ("x", "(", NO_MATCH),
    ],
)
def test_names_are_ranked_exact_then_beginning_then_word(name: str, query: str, place: int) -> None:
    assert rank(name, query) == place


def test_people_are_found_by_name_or_handle_the_best_first(ada: User, ben: User, cleo: User) -> None:
    User.objects.filter(pk=cleo.pk).update(name="Zoe Ben")
    assert find_people(User.objects.all(), "ben") == [ben, User.objects.get(pk=cleo.pk)]
    assert find_people(User.objects.all(), "@cle") == [User.objects.get(pk=cleo.pk)]
    assert find_people(User.objects.all(), "%") == []
