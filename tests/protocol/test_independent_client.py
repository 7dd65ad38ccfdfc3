"""What docs/protocol.md promises, heard by a client that was written from it alone, of a real node."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.models import User
from rooms.models import Room
from tests.protocol.signin import SignInFailed, sign_in

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node


@pytest.fixture
def ada_with_password(ada: User) -> User:
    """Ada, with her password kept in the way of a real site."""
    ada.password = PBKDF2PasswordHasher().encode("ada-password", "salt")
    ada.save()
    return ada


async def test_a_program_signs_in_as_a_browser_does(
    enter: "Enter", node: "Node", ada_with_password: User, general: Room
) -> None:
    session = await sign_in(node.site, "ada@example.org", "ada-password")
    program = await enter(ada_with_password, session=session)
    assert program.client.welcome["you"]["handle"] == "ada"


async def test_a_wrong_password_is_answered_with_a_page(enter: "Enter", node: "Node", ada_with_password: User) -> None:
    with pytest.raises(SignInFailed) as failure:
        await sign_in(node.site, "ada@example.org", "another-password")
    assert failure.value.args[0] == 200


async def test_welcome_says_where_every_room_stands(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    bens = await enter(ben)
    said = await bens.says(room.pk, "Hello @ada")
    adas = await enter(ada)
    welcome = adas.client.welcome
    state = next(state for state in welcome["rooms"] if state["room"] == room.pk)
    assert state["head"] == said
    assert (state["workspace"], state["unread"], state["mentions"]) == (room.workspace_id, 1, 1)
    assert {ada.pk, ben.pk} <= set(welcome["online"][str(room.workspace_id)])
    assert welcome["heartbeat"] == 25
    assert welcome["changed"] == []


async def test_two_people_talk_and_both_hear_all_of_it_in_order(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seqs = []
    for turn in range(5):
        seqs.append(await adas.says(room.pk, f"Ada {turn}"))
        seqs.append(await bens.says(room.pk, f"Ben {turn}"))
    assert seqs == list(range(seqs[0], seqs[0] + 10))
    for program in (adas, bens):
        view = await program.shows(room.pk, seqs[-1])
        assert view.seqs == seqs
        assert [view.messages[seq].text for seq in seqs][:3] == ["Ada 0", "Ben 0", "Ada 1"]
        assert [view.messages[seq].author for seq in seqs][:2] == [ada.pk, ben.pk]


async def test_many_messages_at_once_are_numbered_without_gaps(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    posts = [program.says(room.pk, str(number)) for number in range(50) for program in (adas, bens)]
    seqs = sorted(await asyncio.gather(*posts))
    assert seqs == list(range(seqs[0], seqs[0] + 100))
    for program in (adas, bens):
        assert (await program.shows(room.pk, seqs[-1])).seqs == seqs


async def test_a_post_comes_back_with_its_client_id_text_html_and_mentions(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seq = await adas.says(room.pk, "Morning @ben and @room, **the map is out** :tada:")
    for program in (adas, bens):
        posted = await program.hears("posted", seq=seq)
        assert posted["actor"]["handle"] == "ada"
        assert "<strong>the map is out</strong>" in posted["html"]
        assert posted["mentions"] == [ben.pk]
        assert posted["mentions_room"] is True
        assert posted["deleted"] is False


async def test_every_command_on_a_message_makes_the_event_of_its_seq(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    here: dict[str, Any] = {"room": room.pk}
    here["message"] = message = await adas.says(room.pk, "First")
    for kind, event, fields in (
        ("edit", "edited", {"text": "Second"}),
        ("react", "reacted", {"emoji": "👍"}),
        ("unreact", "unreacted", {"emoji": "👍"}),
        ("pin", "pinned", {}),
        ("unpin", "unpinned", {}),
        ("delete", "deleted", {}),
    ):
        seq = await adas.does(kind, **here, **fields)
        for program in (adas, bens):
            heard = await program.hears(event, seq=seq)
            assert heard.items() >= {"message": message, **fields}.items()
            assert heard["actor"]["id"] == ada.pk
    assert (await bens.hears("deleted"))["author"] == ada.pk
    assert bens.views[room.pk].messages[message].deleted


async def test_an_emoji_comes_in_one_spelling_however_it_was_sent(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    here = {"room": room.pk, "message": await adas.says(room.pk, "React to me")}
    for sent, kept in (("👍\ufe0f", "👍"), ("❤", "❤\ufe0f")):
        seq = await adas.does("react", **here, emoji=sent)
        assert (await bens.hears("reacted", seq=seq))["emoji"] == kept
        assert await adas.does("react", **here, emoji=kept) is None
        seq = await adas.does("unreact", **here, emoji=sent)
        assert (await bens.hears("unreacted", seq=seq))["emoji"] == kept
    assert bens.views[room.pk].messages[here["message"]].reactions == set()


async def test_what_is_done_twice_is_ok_and_makes_no_second_event(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    here: dict[str, Any] = {"room": room.pk}
    here["message"] = await adas.says(room.pk, "Once")
    for kind, fields in (
        ("edit", {"text": "Once more"}),
        ("react", {"emoji": "🎉"}),
        ("unreact", {"emoji": "🎉"}),
        ("pin", {}),
        ("unpin", {}),
    ):
        assert await adas.does(kind, **here, **fields) is not None, kind
        assert await adas.does(kind, **here, **fields) is None, kind


async def test_a_message_that_is_gone_is_not_found(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada)
    here: dict[str, Any] = {"room": room.pk, "message": await adas.says(room.pk, "Gone soon")}
    assert await adas.does("delete", **here) is not None
    for kind, fields in (("delete", {}), ("edit", {"text": "Back"}), ("react", {"emoji": "👍"}), ("pin", {})):
        assert (await adas.refused(kind, **here, **fields)).code == "message_not_found", kind


async def test_reading_is_told_to_all_and_only_goes_forward(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seq = await adas.says(room.pk, "Read me")
    assert await bens.does("read", room=room.pk, position=seq) is None
    for program in (adas, bens):
        assert (await program.hears("read_to", position=seq))["person"]["id"] == ben.pk
    assert await bens.does("read", room=room.pk, position=1) is None
    again = await enter(ben)
    state = next(state for state in again.client.welcome["rooms"] if state["room"] == room.pk)
    assert (state["position"], state["unread"]) == (seq, 0)


async def test_who_asks_is_told_how_far_everyone_has_read(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seq = await adas.says(room.pk, "Read me")
    await bens.does("read", room=room.pk, position=seq)
    assert await adas.does("readers", room=room.pk) is None
    told = await adas.hears("readers", room=room.pk)
    positions = [(each["person"]["id"], each["position"]) for each in told["readers"]]
    assert [person for person, _ in positions] == [ada.pk, ben.pk]
    assert dict(positions)[ben.pk] == seq


async def test_typing_is_told_to_the_others(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    adas, bens = await enter(ada), await enter(ben)
    assert await bens.does("typing", room=room.pk) is None
    assert (await adas.hears("typing", room=room.pk))["person"]["id"] == ben.pk


async def test_a_ping_is_answered(enter: "Enter", ada: User) -> None:
    assert await (await enter(ada)).does("ping") is None
