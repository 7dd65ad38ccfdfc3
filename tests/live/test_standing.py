"""A session that ends without a word to the sockets: with the layer away all are looked at, else each in its turn."""

import asyncio
import os
from collections.abc import Callable, Sequence

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, ProgrammingError

from accounts.handshake import SignIn, still_stand
from accounts.models import User
from collab.live.errors import Close
from rooms import node, standing
from rooms.models import Room
from tests.live.sockets import Connect, Socket, sign_in
from tests.live.test_sessions import ENDS, delete
from tests.live.valkeys import Way
from tests.live.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch, quick_lines: None) -> Way:
    """Of the node to the layer, which is away."""
    way = Way(os.environ["REDIS_URL"])
    way.is_shut = True
    monkeypatch.setattr(node, "new_layer", way)
    return way


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "EVERY", 0.01)


@pytest.fixture
def _seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "EVERY", 1_000)


async def enter(connect: Connect, user: User) -> tuple[Socket, str]:
    """A socket, and the key of its session."""
    key = await sync_to_async(sign_in)(user)
    return await connect(user, session_key=key), key


@pytest.mark.usefixtures("way", "_often")
@pytest.mark.parametrize("end", ENDS)
async def test_its_sockets_are_closed_soon_though_they_say_nothing_and_no_others(
    connect: Connect, ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch, end: Callable[[str], None]
) -> None:
    monkeypatch.setattr(standing, "SLICE", 1)
    his, (hers, key) = await connect(ben), await enter(connect, ada)
    await sync_to_async(end)(key)
    assert await hers.closed() == Close.SESSION_ENDED
    assert (await his.command("ping"))["type"] == "ok"


@pytest.mark.usefixtures("_seldom")
async def test_it_is_found_at_once_when_the_layer_is_back(connect: Connect, ada: User, room: Room, way: Way) -> None:
    hers, key = await enter(connect, ada)
    await sync_to_async(delete)(key)
    assert (await hers.command("ping"))["type"] == "ok"
    way.is_shut = False
    assert await hers.closed() == Close.SESSION_ENDED


async def for_some_looks() -> None:
    """Time in which somebody who looks has looked."""
    await asyncio.sleep(0.2)


class Looks:
    """Looks at sessions, counted; the first of them may meet a database that is away."""

    def __init__(self, *, failing: int = 0, error: type[Exception] = OperationalError) -> None:
        self.count = 0
        self._failing = failing
        self._error = error

    def __call__(self, sign_ins: Sequence[SignIn]) -> list[bool]:
        self.count += 1
        if self.count <= self._failing:
            raise self._error
        return still_stand(sign_ins)


@pytest.mark.usefixtures("way", "_often")
async def test_with_the_database_away_too_a_later_look_finds_it(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, key = await enter(connect, ada)
    looks = Looks(failing=3)
    monkeypatch.setattr(standing, "still_stand", looks)
    await sync_to_async(delete)(key)
    assert await hers.closed() == Close.SESSION_ENDED
    assert looks.count > 3


@pytest.mark.usefixtures("_often")
async def test_with_the_layer_there_few_look_and_when_it_is_in_doubt_all_do_until_it_no_longer_is(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks()
    hers = await connect(ada)
    here = await node.current()
    await until(lambda: here.hub.is_sure)
    # One under way, and one more for that it was away at the start.
    await for_some_looks()
    monkeypatch.setattr(standing, "still_stand", looks)
    await for_some_looks()
    assert looks.count == 0
    with monkeypatch.context() as doubt:
        doubt.setattr(type(here.hub), "is_sure", False)
        await until(lambda: looks.count > 2)
    await for_some_looks()
    before = looks.count
    await for_some_looks()
    assert looks.count == before
    assert (await hers.command("ping"))["type"] == "ok"


@pytest.fixture
def _in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each session is looked at within a part of a second, with the layer there."""
    monkeypatch.setattr(standing, "EVERY", 0.01)
    monkeypatch.setattr(standing, "ALL_WITHIN", 0.2)


@pytest.mark.usefixtures("_in_turn")
@pytest.mark.parametrize("end", ENDS)
async def test_with_the_layer_there_it_is_found_in_its_turn_though_nothing_is_said(
    connect: Connect, ada: User, ben: User, room: Room, end: Callable[[str], None]
) -> None:
    his, (hers, key) = await connect(ben), await enter(connect, ada)
    here = await node.current()
    await until(lambda: here.hub.is_sure)
    await for_some_looks()
    await sync_to_async(end)(key)
    assert await hers.closed() == Close.SESSION_ENDED
    assert (await his.command("ping"))["type"] == "ok"


@pytest.mark.usefixtures("_in_turn")
@pytest.mark.parametrize("error", [OperationalError, ProgrammingError])
async def test_with_the_database_away_or_being_restored_the_next_turn_finds_it(
    connect: Connect, ada: User, room: Room, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    hers, key = await enter(connect, ada)
    here = await node.current()
    await until(lambda: here.hub.is_sure)
    await for_some_looks()
    looks = Looks(failing=3, error=error)
    monkeypatch.setattr(standing, "still_stand", looks)
    await sync_to_async(delete)(key)
    assert await hers.closed() == Close.SESSION_ENDED
    assert looks.count > 3


@pytest.mark.usefixtures("way", "_often")
async def test_who_has_gone_is_looked_up_no_more(connect: Connect, ada: User, room: Room) -> None:
    hers = await connect(ada)
    here = await node.current()
    assert here.standing.gauges() == {"sockets": 1}
    await hers.disconnect()
    await until(lambda: here.standing.gauges() == {"sockets": 0})
