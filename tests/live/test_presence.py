"""Who is online, as Valkey keeps it: by connection, for so long, by the server's own clock."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from collab.live import presence
from collab.live.presence import EXPIRY, INDEX, PresenceStore, Unknown, everyone, member, sweep
from tests.live.valkeys import frail_valkey

HERE, THERE = "workspace.1", "workspace.2"


@pytest.fixture
async def store() -> AsyncIterator[PresenceStore]:
    store = PresenceStore()
    yield store
    await store.close()


@pytest.fixture
def valkey() -> Iterator[Any]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


async def online(store: PresenceStore, *topics: str) -> dict[str, set[int]]:
    found = await store.online(topics)
    assert found is not None
    return {topic: set(people) for topic, people in found.items()}


async def online_for_all() -> dict[str, set[int]]:
    return {topic: set(people) for topic, people in (await asyncio.to_thread(everyone)).items()}


async def test_a_person_is_online_once_however_many_connections_they_have(store: PresenceStore) -> None:
    assert await store.keep([(HERE, member(1, "a")), (HERE, member(1, "b")), (THERE, member(2, "c"))])
    assert await online(store, HERE, THERE, "workspace.3") == {HERE: {1}, THERE: {2}, "workspace.3": set()}
    assert await online_for_all() == {HERE: {1}, THERE: {2}}


async def test_whose_time_is_over_is_not_online_whether_or_not_they_were_swept(store: PresenceStore) -> None:
    await store.keep([(HERE, member(1, "a"))])
    await store.keep([(HERE, member(2, "b"))], seconds=0)
    assert await online(store, HERE) == {HERE: {1}}
    assert (await online_for_all())[HERE] == {1}


async def test_the_last_connection_of_a_person_counts_and_not_the_first_that_ends(store: PresenceStore) -> None:
    await store.keep([(HERE, member(1, "a")), (HERE, member(1, "b"))])
    await store.keep([(HERE, member(1, "a"))], seconds=0)
    assert await online(store, HERE) == {HERE: {1}}
    await store.keep([(HERE, member(1, "b"))], seconds=0)
    assert await online(store, HERE) == {HERE: set()}


async def test_a_connection_lasts_from_its_last_refresh_by_the_clock_of_the_server(
    store: PresenceStore, valkey: Any
) -> None:
    await store.keep([(HERE, member(1, "a"))], seconds=0)
    before = int(valkey.time()[0])
    await store.keep([(HERE, member(1, "a"))])
    score = valkey.zscore(f"collab:presence:{HERE}", member(1, "a"))
    assert score is not None
    assert before + EXPIRY <= score <= int(valkey.time()[0]) + EXPIRY


async def test_many_are_kept_a_few_at_a_time_and_none_is_torn(
    store: PresenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "SLICE", 4)
    assert await store.keep([(f"workspace.{number}", member(number, "a")) for number in range(1, 12)])
    topics = [f"workspace.{number}" for number in range(1, 12)]
    assert await online(store, *topics) == {topic: {number} for number, topic in enumerate(topics, 1)}
    assert presence.SLICE % 2 == 0


async def test_a_sweep_tells_where_somebody_went_and_leaves_those_who_are_there(
    store: PresenceStore, valkey: Any
) -> None:
    await store.keep([(HERE, member(1, "a")), (THERE, member(1, "a")), ("workspace.3", member(1, "a"))])
    await store.keep([(HERE, member(2, "b")), (THERE, member(1, "a"))], seconds=0)
    assert sorted(await asyncio.to_thread(sweep)) == [HERE, THERE]
    assert valkey.zrange(f"collab:presence:{HERE}", 0, -1) == [member(1, "a").encode()]
    assert valkey.smembers(INDEX) == {HERE.encode(), b"workspace.3"}
    assert await asyncio.to_thread(sweep) == []


async def test_whoever_comes_back_after_a_sweep_is_found_again(store: PresenceStore) -> None:
    await store.keep([(HERE, member(1, "a"))], seconds=0)
    await asyncio.to_thread(sweep)
    await store.keep([(HERE, member(1, "a"))])
    assert await online_for_all() == {HERE: {1}}


async def test_while_redis_is_away_nobody_knows_and_few_have_to_find_that_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.close()

    async with await asyncio.start_server(count, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(settings, "REDIS_URL", f"redis://127.0.0.1:{port}/0")
        store = PresenceStore()
        assert await store.online([HERE]) is None
        first = asked
        assert first > 0
        assert not await store.keep([(HERE, member(1, "a"))])
        assert await store.online([HERE]) is None
        assert asked == first
        store._away_until -= presence.RETRY
        assert await store.online([HERE]) is None
        assert asked > first
        await store.close()
        with pytest.raises(Unknown):
            await asyncio.to_thread(everyone)


async def test_a_redis_that_hangs_keeps_nobody_waiting_and_is_asked_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "WITHIN", 0.1)
    monkeypatch.setattr(presence, "RETRY", 0.0)
    with frail_valkey() as valkey:
        monkeypatch.setattr(settings, "REDIS_URL", valkey.url)
        store = PresenceStore()
        assert await store.keep([(HERE, member(1, "a"))])
        valkey.hang()
        async with asyncio.timeout(5):
            assert await store.online([HERE]) is None
        valkey.wake()
        assert await online(store, HERE) == {HERE: {1}}
        await store.close()
