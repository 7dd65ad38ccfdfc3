"""Nothing is lost and nothing is said twice: over broken lines, killed nodes and long absences."""

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actions.profile import change_profile
from accounts.models import User
from rooms.models import Room
from tests.protocol.connection import Lost

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node
    from tests.protocol.program import Program


async def test_a_client_that_lost_its_line_gets_exactly_what_it_missed(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    first = await adas.says(room.pk, "Before")
    await bens.shows(room.pk, first)
    bens.client.backoff.told = 1.0
    bens.breaks()
    last = [await adas.says(room.pk, f"Missed {number}") for number in range(10)][-1]
    view = await bens.shows(room.pk, last)
    assert view.seqs == list(range(first, last + 1))
    assert [said["type"] for said in bens.heard].count("welcome") == 2
    assert (await bens.shows(room.pk, await bens.says(room.pk, "Back"))).seqs[-2:] == [last, last + 1]


async def test_lines_that_break_again_and_again_lose_and_double_nothing(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)

    async def breaking() -> None:
        for _ in range(8):
            for program in (adas, bens):
                await program.client.caught_up()
                program.client.backoff.told = 0.05
                program.breaks()
                await asyncio.sleep(0.1)

    async def talking(program: "Program", who: str) -> list[int]:
        return [await program.says(room.pk, f"{who} {number}") for number in range(40)]

    adas_seqs, bens_seqs, _ = await asyncio.gather(talking(adas, "Ada"), talking(bens, "Ben"), breaking())
    seqs = sorted(adas_seqs + bens_seqs)
    assert seqs == list(range(seqs[0], seqs[0] + 80))
    for program in (adas, bens):
        assert (await program.shows(room.pk, seqs[-1])).seqs == seqs


async def test_people_who_changed_meanwhile_are_told_anew(enter: "Enter", ada: User, ben: User, room: Room) -> None:
    bens = await enter(ben)
    bens.client.backoff.told = 0.5
    bens.breaks()
    await sync_to_async(change_profile)(user=ada, name="Ada Byron")
    await bens.until(lambda: [said["type"] for said in bens.heard].count("welcome") == 2)
    changed = {person["id"]: person["name"] for person in bens.client.welcome["changed"]}
    assert changed[ada.pk] == "Ada Byron"


async def test_a_post_is_answered_with_the_same_seq_however_often_it_is_sent(
    enter: "Enter", ada: User, ben: User, room: Room
) -> None:
    first, second, bens = await enter(ada), await enter(ada), await enter(ben)
    client_id = uuid.uuid4()
    sending = [program.says(room.pk, "Only once", client_id) for program in (first, second) for _ in range(10)]
    seqs = set(await asyncio.gather(*sending))
    assert len(seqs) == 1
    after = await bens.says(room.pk, "After it")
    assert (await bens.shows(room.pk, after)).seqs == [*seqs, after]


async def test_a_killed_node_loses_nothing_it_acknowledged_and_stores_nothing_twice(
    enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await enter(ada), await enter(ben)
    sent: dict[int, str] = {}

    async def talking() -> None:
        for number in range(60):
            text = f"Word {number}"
            sent[await adas.says(room.pk, text)] = text

    talk = asyncio.create_task(talking())
    for words in (10, 30):
        await adas.until(lambda words=words: len(sent) >= words)  # type: ignore[misc]
        node.kill()
        await asyncio.to_thread(node.start)
    await asyncio.wait_for(talk, 60)
    assert len(sent) == 60
    fresh = await enter(ada, {room.pk: 0})
    for program in (fresh, bens, adas):
        view = await program.shows(room.pk, max(sent))
        assert {seq: message.text for seq, message in view.messages.items()} == sent
        assert view.seqs == sorted(set(view.seqs))


async def test_an_unanswered_post_is_there_once_after_the_node_came_back(
    enter: "Enter", node: "Node", ada: User, room: Room
) -> None:
    adas = await enter(ada)
    client_id = uuid.uuid4()
    fields: dict[str, Any] = {"room": room.pk, "client_id": str(client_id), "text": "Was it heard?"}
    await adas.does("ping")
    assert adas.client.connection is not None
    unanswered = asyncio.create_task(adas.client.connection.command("post", **fields))
    await asyncio.sleep(0)
    node.kill()
    with pytest.raises(Lost):
        await unanswered
    await asyncio.to_thread(node.start)
    seq = await adas.says(room.pk, "Was it heard?", client_id)
    fresh = await enter(ada, {room.pk: 0})
    assert [message.text for message in (await fresh.shows(room.pk, seq)).messages.values()] == ["Was it heard?"]


async def test_a_client_comes_back_to_a_node_that_was_stopped_and_started(
    enter: "Enter", node: "Node", ada: User, room: Room
) -> None:
    adas = await enter(ada)
    await asyncio.to_thread(node.stop)
    await asyncio.to_thread(node.start)
    seq = await adas.says(room.pk, "Still here")
    assert (await adas.shows(room.pk, seq)).seqs == [seq]
