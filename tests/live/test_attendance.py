"""Who is online, as two nodes see it through one Valkey."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import redis
from django.conf import settings

from collab.live import attendance as attendance_module
from collab.live import presence
from collab.live.attendance import Attendance
from collab.live.outlets import Outlet
from collab.live.presence import PresenceStore
from tests.live.waiting import until

TOPIC = "workspace.1"
ALL = {TOPIC: None}


class Socket:
    """An outlet that is only told who is there."""

    def __init__(self, owner: int) -> None:
        self.owner = owner


class Node:
    """An attendance, and what each of its sockets believes."""

    def __init__(self, others: "list[Node]") -> None:
        self.believed: dict[Any, set[int]] = defaultdict(set)
        self.tellings = 0
        self.attendance = Attendance(PresenceStore(), self._tell, self._nudge)
        self._others = others

    def _tell(self, outlets: Sequence[Outlet], topic: str, came: frozenset[int], went: frozenset[int]) -> None:
        self.tellings += 1
        for outlet in outlets:
            self.believed[outlet] = (self.believed[outlet] | came) - went

    def _nudge(self, topic: str) -> None:
        for other in self._others:
            if other is not self:
                other.attendance.hint(topic)

    async def come(self, owner: int, topics: dict[str, Any] | None = None) -> Any:
        socket = Socket(owner)
        seen = await self.attendance.come(socket, topics or ALL)  # type: ignore[arg-type]
        self.believed[socket] |= seen[TOPIC]
        return socket


@pytest.fixture
async def nodes(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Node]]:
    monkeypatch.setattr(attendance_module, "COLLECT", 0.01)
    monkeypatch.setattr(attendance_module, "GRACE", 0)
    # Whatever a hint should have told is not to be found by a refresh.
    monkeypatch.setattr(attendance_module, "REFRESH", 1_000)
    made: list[Node] = []
    made += [Node(made), Node(made)]
    for node in made:
        node.attendance.start()
    yield made
    for node in made:
        await node.attendance.stop()


async def test_whoever_comes_is_seen_on_every_node_and_sees_who_is_there(nodes: list[Node]) -> None:
    here, there = nodes
    ada = await here.come(1)
    assert here.believed[ada] == {1}
    ben = await there.come(2)
    assert there.believed[ben] == {1, 2}
    await until(lambda: here.believed[ada] == {1, 2})


async def test_whoever_goes_is_gone_on_every_node_when_their_last_socket_is(nodes: list[Node]) -> None:
    here, there = nodes
    ada = await here.come(1)
    first, second = await there.come(2), await there.come(2)
    await until(lambda: here.believed[ada] == {1, 2})
    there.attendance.go(first)
    late = await there.come(3)
    await until(lambda: 3 in here.believed[ada])
    assert 2 in here.believed[ada]
    there.attendance.go(second)
    await until(lambda: here.believed[ada] == {1, 3} and there.believed[late] == {1, 3})


async def test_guests_are_told_only_of_those_they_may_know(nodes: list[Node]) -> None:
    here, there = nodes
    await here.come(1)
    await here.come(2)
    guest = await there.come(9, {TOPIC: frozenset({9, 1})})
    assert there.believed[guest] == {9, 1}
    other = await there.come(3)
    third = await here.come(4)
    await until(lambda: there.believed[other] >= {1, 2, 3, 4, 9})
    here.attendance.go(third)
    await until(lambda: 4 not in there.believed[other])
    assert there.believed[guest] == {9, 1}


async def test_a_newcomer_begins_where_the_others_are(nodes: list[Node]) -> None:
    """Else somebody who went in between would stay in their list for ever."""
    here, there = nodes
    ben = await there.come(2)
    await here.come(1)
    await until(lambda: there.believed[ben] == {1, 2})
    there.attendance.go(ben)
    late = await here.come(3)
    await until(lambda: here.believed[late] == {1, 3})


async def test_what_a_dead_node_left_is_swept_and_told(nodes: list[Node]) -> None:
    here, there = nodes
    ada, _ = await here.come(1), await there.come(2)
    await until(lambda: here.believed[ada] == {1, 2})
    await there.attendance.stop()
    key = f"collab:presence:{TOPIC}"
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        (left_behind,) = [entry for entry in client.zrange(key, 0, -1) if entry.startswith(b"2:")]
        assert await asyncio.to_thread(presence.sweep) == []
        client.zincrby(key, -presence.EXPIRY - 1, left_behind)
        assert await asyncio.to_thread(presence.sweep) == [TOPIC]
        assert client.zscore(key, left_behind) is None
    here.attendance.hint(TOPIC)
    await until(lambda: here.believed[ada] == {1})


async def test_whoever_has_a_socket_here_is_here_whatever_redis_forgets(nodes: list[Node]) -> None:
    here, there = nodes
    ada, ben = await here.come(1), await there.come(2)
    await until(lambda: here.believed[ada] == {1, 2})
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
    here.attendance.hint(TOPIC)
    await until(lambda: here.believed[ada] == {1})
    there.attendance.refresh()
    there.attendance._nudge(TOPIC)
    await until(lambda: here.believed[ada] == {1, 2})
    assert 2 in there.believed[ben]


async def test_many_are_told_together(nodes: list[Node], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = nodes
    ada = await here.come(1)
    await until(lambda: here.tellings > 0 or here.believed[ada] == {1})
    monkeypatch.setattr(attendance_module, "COLLECT", 0.3)
    before = here.tellings
    await asyncio.gather(*(there.come(owner) for owner in range(2, 40)))
    await until(lambda: len(here.believed[ada]) == 39)
    assert here.tellings - before <= 3


async def test_without_redis_people_come_and_go_and_only_their_own_node_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    node = Node([])
    ada = await node.come(1)
    assert node.believed[ada] == {1}
    node.attendance.go(ada)
    await node.attendance.stop()


async def test_a_crowd_that_comes_at_once_waits_its_turn() -> None:
    store = PresenceStore()
    assert all(await asyncio.gather(*(store.keep([(TOPIC, f"{owner}:x")]) for owner in range(300))))
    assert await store.online([TOPIC]) == {TOPIC: frozenset(range(300))}
    await store.close()


async def test_a_crowd_that_comes_at_once_is_kept_in_few_calls_and_the_others_look_once(
    nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = nodes
    store, calls, nudges = here.attendance._store, [], []
    put, nudge = store._put, here._nudge

    async def counted(**arguments: Any) -> Any:
        calls.append(arguments)
        return await put(**arguments)

    def noted(topic: str) -> None:
        nudges.append(topic)
        nudge(topic)

    monkeypatch.setattr(store, "_put", counted)
    monkeypatch.setattr(here.attendance, "_nudge", noted)
    ada = await there.come(1)
    await asyncio.gather(*(here.come(owner) for owner in range(2, 202)))
    await until(lambda: there.believed[ada] == set(range(1, 202)))
    assert len(calls) < 10
    assert len(nudges) < 10
