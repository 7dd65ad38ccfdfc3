"""Reload, coming and going, and that a room is the sum of its events."""

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.access import access_room
from rooms.actions.members import add_member
from rooms.actions.messages import PostMessage
from rooms.actions.room_people import add_people, remove_person
from rooms.actions.room_settings import archive_room, change_topic, rename_room, unarchive_room
from rooms.log import append_each
from rooms.models import Role, Room, Workspace
from tests.conftest import person
from tests.protocol.client import Client

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.program import Program
    from tests.protocol.view import View


async def head_of(program: "Program", room: Room) -> int:
    return next(int(state["head"]) for state in program.client.welcome["rooms"] if state["room"] == room.pk)


def say_much(user: User, room: Room, until: int) -> None:
    """All at once, as a node stores what came at once."""
    head = Room.objects.get(pk=room.pk).head
    drafts = [PostMessage(room_id=room.pk, user=user, client_id=uuid.uuid4(), text="Much") for _ in range(until - head)]
    assert append_each(drafts)[-1] == until


async def test_a_thousand_missed_events_are_sent_and_more_mean_reload_in_hello_and_fetch(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    await sync_to_async(say_much)(ada, room, 1_001)
    loading = await enter(ben)
    await loading.client.load(room.pk)
    assert (await loading.hears("reload", room=room.pk))["head"] == 1_001
    exactly, more = await enter(ben, {room.pk: 1}), await enter(ben, {room.pk: 0})
    assert exactly.views[room.pk].seqs == list(range(2, 1_002))
    assert (await more.hears("reload", room=room.pk))["head"] == 1_001
    assert await more.says(room.pk, "Goes on") == 1_002
    for program in (loading, more):
        await shows_the_newest_of(program, await exactly.shows(room.pk, 1_002), room)
        assert program.views[room.pk].seqs == [1_002]
    assert more.heard.index(await more.hears("reload")) < more.heard.index(await more.hears("caught_up"))


async def shows_the_newest_of(program: "Program", whole: "View", room: Room) -> None:
    """A program that loaded the room anew shows what one shows that missed nothing, as far as it has loaded."""
    loaded = await program.shows(room.pk, whole.seqs[-1])
    assert loaded.messages == {seq: whole.messages[seq] for seq in sorted(whole.messages)[-len(loaded.messages) :]}
    assert len(loaded.messages) >= min(50, len(whole.messages))
    assert loaded.pinned == whole.pinned & set(loaded.messages)
    assert (loaded.topic, loaded.archived) == (whole.topic, whole.archived)
    assert whole.name in {None, loaded.name}


async def test_a_room_that_was_loaded_anew_shows_what_one_shows_that_missed_nothing(
    enter: "Enter", ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Much happens to the messages that are loaded: before they are, while they are, and after."""
    adas, whole = await enter(ada), await enter(ben, {room.pk: 0})
    here: dict[str, Any] = {"room": room.pk}
    early = await adas.says(room.pk, "Pinned long ago")
    await adas.does("pin", **here, message=early)

    def settle() -> None:
        rename_room(access=access_room(ada, room.pk), name="engine-two")
        change_topic(access=access_room(ada, room.pk), topic="Cogs")
        say_much(ada, room, 1_000)

    await sync_to_async(settle)()
    kept, edited, gone = [await adas.says(room.pk, f"Message **{name}** @ben") for name in ("one", "two", "three")]

    async def stir(number: int) -> None:
        await adas.does("edit", **here, message=edited, text=f"Two, *again*, {number}")
        for emoji in ("👍", "🎉"):
            await adas.does("react", **here, message=kept, emoji=emoji)
        await adas.does("unreact", **here, message=kept, emoji="👍")
        await adas.does("pin", **here, message=edited)
        await adas.does("pin", **here, message=kept)
        await adas.does("unpin", **here, message=kept)

    await adas.does("react", **here, message=gone, emoji="👍")
    await stir(0)
    got = Client._get

    async def get_late(client: Client, address: str) -> Any:
        """What happens between the reload and the answer is in both."""
        if address.endswith("messages/"):
            await stir(1)
            await adas.does("delete", **here, message=gone)
            await adas.says(room.pk, "Said meanwhile")
        return await got(client, address)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "_get", get_late)
        late = await enter(ben, {room.pk: 0})
        await late.until(lambda: bool(late.views[room.pk].seqs))
    await stir(2)
    last = await adas.says(room.pk, "The end")
    view = await whole.shows(room.pk, last)
    assert view.messages[gone].deleted
    assert view.messages[edited].text == "Two, *again*, 2"
    await shows_the_newest_of(late, view, room)
    assert late.views[room.pk].name == "engine-two"


async def test_a_line_that_breaks_while_a_room_is_loaded_has_it_loaded_after_all(
    enter: "Enter", ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(say_much)(ada, room, 1_002)
    got, times = Client._get, 0

    async def break_once(client: Client, address: str) -> Any:
        nonlocal times
        times += 1
        if times == 1:
            assert client.connection is not None
            client.backoff.told = 0.0
            client.connection.abort()
        return await got(client, address)

    monkeypatch.setattr(Client, "_get", break_once)
    late, whole = await enter(ben, {room.pk: 0}), await enter(ben, {room.pk: 2})
    last = await (await enter(ada)).says(room.pk, "The end")
    await shows_the_newest_of(late, await whole.shows(room.pk, last), room)
    assert [said["type"] for said in late.heard].count("reload") == 2


async def test_a_gap_is_fetched_before_what_lies_beyond_it_is_shown(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seqs = [await adas.says(room.pk, f"Message {number}") for number in range(5)]
    await bens.shows(room.pk, seqs[-1])
    bens.views.pop(room.pk)
    bens.client.gates[room.pk].last = seqs[0]  # as if four events had been lost on the way
    beyond = await adas.says(room.pk, "Beyond the gap")
    assert (await bens.shows(room.pk, beyond)).seqs == [*seqs[1:], beyond]
    assert not bens.client.gates[room.pk].gap


async def test_a_loss_that_no_later_event_reveals_is_found_by_a_heartbeat(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    seqs = [await adas.says(room.pk, f"Message {number}") for number in range(3)]
    await bens.shows(room.pk, seqs[-1])
    bens.views.pop(room.pk)
    bens.client.gates[room.pk].last = seqs[0]  # as if two events had been lost on the way
    await bens.client.beat()
    assert (await bens.shows(room.pk, seqs[-1])).seqs == seqs[1:]
    assert (await bens.hears("heads"))["heads"] == {str(room.pk): seqs[-1]}
    bens.heard.clear()
    await bens.client.beat()
    assert [said["type"] for said in bens.heard if said["type"] == "heads"] == []


async def test_a_position_of_another_database_means_reload(enter: "Enter", ada: User, room: Room) -> None:
    adas = await enter(ada, {room.pk: 10_000})
    head = await head_of(adas, room)
    assert (await adas.hears("reload", room=room.pk))["head"] == head
    whole = await enter(ada, {room.pk: 0})
    assert await adas.says(room.pk, "Goes on") == head + 1
    assert (await adas.shows(room.pk, head + 1)).seqs == [head + 1]
    await shows_the_newest_of(adas, await whole.shows(room.pk, head + 1), room)


async def test_a_room_one_is_not_in_is_passed_over(enter: "Enter", ada: User, mallory: User, room: Room) -> None:
    mallorys = await enter(mallory, {room.pk: 0, 2**31: 5})
    assert room.pk not in {state["room"] for state in mallorys.client.welcome["rooms"]}
    assert await mallorys.does("ping") is None
    assert not mallorys.views
    assert set(mallorys.client.gates).isdisjoint({room.pk, 2**31})


async def test_a_room_is_heard_from_when_one_is_put_in_until_one_is_put_out(
    enter: "Enter", ada: User, workspace: Workspace, room: Room
) -> None:
    # No guest: those are to say hello anew, since whom they may see has changed.
    dora = await sync_to_async(person)("dora")
    await sync_to_async(add_member)(workspace=workspace, user=dora, role=Role.MEMBER, by=ada)
    adas, doras = await enter(ada), await enter(dora)
    await adas.says(room.pk, "Before Dora")
    await sync_to_async(lambda: add_people(access=access_room(ada, room.pk), people=[dora]))()
    head = (await doras.hears("room_added"))["state"]["head"]
    heard = await adas.says(room.pk, "With Dora")
    assert (await doras.shows(room.pk, heard)).seqs == list(range(head + 1, heard + 1))
    await sync_to_async(lambda: remove_person(access=access_room(ada, room.pk), user=dora))()
    await doras.hears("room_removed", room=room.pk)
    unheard = await adas.says(room.pk, "Without Dora")
    await adas.shows(room.pk, unheard)
    assert (await doras.refused("fetch", room=room.pk, after=0)).code == "room_not_found"
    assert unheard not in doras.views[room.pk].seqs


async def test_a_room_built_live_equals_the_room_loaded_from_its_first_event(
    enter: "Enter", ada: User, ben: User, cleo: User, room: Room
) -> None:
    live = await enter(ben, {room.pk: 0})
    adas, bens = await enter(ada), await enter(ben)
    here: dict[str, Any] = {"room": room.pk}
    kept, edited, gone = [await adas.says(room.pk, f"Message **{name}** @ben") for name in ("one", "two", "three")]
    await adas.does("edit", **here, message=edited, text="Two, *again*")
    await adas.does("edit", **here, message=gone, text="Three, again")
    for program, emoji in ((adas, "👍"), (bens, "👍"), (bens, "🎉")):
        for message in (kept, gone):
            await program.does("react", **here, message=message, emoji=emoji)
    await bens.does("unreact", **here, message=kept, emoji="🎉")
    for message in (kept, edited, gone):
        await bens.does("pin", **here, message=message)
    await bens.does("unpin", **here, message=edited)
    await adas.does("delete", **here, message=gone)

    def changing() -> None:
        access = access_room(ada, room.pk)
        rename_room(access=access, name="engine-two")
        change_topic(access=access_room(ada, room.pk), topic="Cogs")
        add_people(access=access_room(ada, room.pk), people=[cleo])
        remove_person(access=access_room(ada, room.pk), user=cleo)
        archive_room(access=access_room(ada, room.pk))
        unarchive_room(access=access_room(ada, room.pk))

    await sync_to_async(changing)()
    last = await adas.says(room.pk, "The end")
    loaded = await enter(ben)
    await loaded.client.load(room.pk)
    view = await loaded.shows(room.pk, last)
    assert view == await live.shows(room.pk, last)
    assert (view.name, view.topic, view.archived, view.people) == ("engine-two", "Cogs", False, {ada.pk, ben.pk})
    assert view.messages[edited].text == "Two, *again*"
    assert view.messages[gone].deleted
    assert view.messages[kept].reactions == {("👍", ada.pk), ("👍", ben.pk)}
