"""Hello, while others come and go."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from collab.live import attendance
from rooms import arrival
from rooms.actions.members import add_member
from rooms.models import Role, Room, Workspace
from tests.conftest import person
from tests.live.sockets import Connect
from tests.live.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_whoever_comes_while_a_welcome_is_made_is_told_of_in_it_or_after_it(
    connect: Connect, ada: User, ben: User, room: Room, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "COLLECT", 0.05)
    dora = await sync_to_async(person)("dora")
    await sync_to_async(lambda: add_member(workspace=workspace, user=dora, role=Role.MEMBER, by=ada))()
    hers = await connect(ada)
    has_begun, may_end = threading.Event(), threading.Event()
    welcome = arrival.welcome

    def slow(user: User, *rest: Any) -> Any:
        if user == ben:
            has_begun.set()
            assert may_end.wait(10)
        return welcome(user, *rest)

    monkeypatch.setattr(arrival, "welcome", slow)
    his = await connect(ben, hello=False)
    hello = asyncio.create_task(his.hello())
    await until(has_begun.is_set)
    await connect(dora)
    await hers.until(lambda said: said["type"] == "presence" and dora.pk in said["online"])
    may_end.set()
    await hello
    await his.command("ping")
    believed: set[int] = set()
    for said in his.heard:
        if said["type"] == "welcome":
            believed = set(said["online"][str(workspace.pk)])
        elif said["type"] == "presence":
            believed = (believed | set(said["online"])) - set(said["offline"])
    assert believed == {ada.pk, ben.pk, dora.pk}
