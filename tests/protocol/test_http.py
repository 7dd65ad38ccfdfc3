"""What stands is loaded over HTTP, and agrees with what the socket says."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.models import Room, Workspace
from tests.live.sockets import sign_in
from tests.protocol.signin import Browser
from tests.protocol.view import View

if TYPE_CHECKING:
    from tests.protocol.conftest import Enter
    from tests.protocol.node import Node


async def loaded(site: str, session: str, address: str) -> Any:
    """What stands at an address."""
    status, body = await asyncio.to_thread(Browser(site, {"sessionid": session}).request, "GET", address)
    assert status == 200, body
    return json.loads(body)


async def test_the_messages_and_events_of_a_room_are_the_same_over_http_and_on_the_socket(
    enter: "Enter", node: "Node", ada: User, ben: User, room: Room
) -> None:
    session = await sync_to_async(sign_in)(ada)
    adas, bens = await enter(ada, {room.pk: 0}, session), await enter(ben)
    for number in range(5):
        await bens.says(room.pk, f"Message {number} for @ada")
    first, second, *_, last = (await adas.shows(room.pk, 8)).messages
    for program in (adas, bens):
        await program.does("react", room=room.pk, message=first, emoji="👍")
    await bens.does("edit", room=room.pk, message=second, text="Edited")
    await adas.does("pin", room=room.pk, message=second)
    head = await bens.does("delete", room=room.pk, message=last)
    assert head is not None
    shown = await adas.shows(room.pk, head)

    page = await loaded(node.site, session, f"/api/v1/rooms/{room.pk}/messages/")
    assert [message["seq"] for message in page["messages"]] == list(shown.messages)
    for said in page["messages"]:
        message = shown.messages[said["seq"]]
        assert (said["text"], said["html"], said["deleted"]) == (message.text, message.html, message.deleted)
        assert said["pinned"] == (said["seq"] in shown.pinned)
        assert {(one["emoji"], who) for one in said["reactions"] for who in one["people"]} == message.reactions

    log = await loaded(node.site, session, f"/api/v1/rooms/{room.pk}/events/?after=0")
    assert log["head"] == head
    view = View()
    for event in log["events"]:
        view.apply(event)
    assert view == shown
    assert (await loaded(node.site, session, f"/api/v1/rooms/{room.pk}/"))["name"] == room.name


async def test_who_comes_into_a_workspace_is_asked_for_a_new_hello(
    enter: "Enter", ada: User, mallory: User, workspace: Workspace, general: Room
) -> None:
    from rooms.actions.members import add_member

    mallorys, adas = await enter(mallory), await enter(ada)
    connection = mallorys.client.connection
    assert connection is not None
    assert general.pk not in mallorys.client.gates
    await sync_to_async(add_member)(workspace=workspace, user=mallory, role="member", by=ada)
    assert await asyncio.wait_for(connection.closed(), 15) == 4100
    await mallorys.until(lambda: [said["type"] for said in mallorys.heard].count("caught_up") == 2)
    seq = await adas.says(general.pk, "Welcome")
    assert (await mallorys.shows(general.pk, seq)).messages[seq].text == "Welcome"


async def test_a_second_hello_is_refused(enter: "Enter", ada: User) -> None:
    adas = await enter(ada)
    assert (await adas.refused("hello")).code == "hello_again"
    assert await adas.does("ping") is None
