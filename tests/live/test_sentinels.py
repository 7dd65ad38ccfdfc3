"""A master under Sentinels hangs: whoever asks Redis finds the new one, by the address in the settings."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
from kombu import Connection

from bench.faults.part import until_told
from bench.faults.sentinels import Sentinels
from collab.live import redis_address
from collab.live.layer import LayerLink
from collab.live.messages import Message
from collab.live.presence import PresenceStore, member
from collab.live.redis_layer import RedisLayer
from tests.live.waiting import until


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="collab-sentinels-", ignore_cleanup_errors=True) as name:
        # Where this is root, Valkey runs as somebody else.
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
async def sentinels(folder: Path) -> AsyncIterator[Sentinels]:
    sentinels = Sentinels(folder, os.environ)
    try:
        await sentinels.start()
        yield sentinels
    finally:
        await sentinels.stop()


async def test_layer_presence_and_broker_find_the_new_master_while_the_old_one_hangs(
    sentinels: Sentinels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.REDIS_URL", sentinels.url)
    heard: list[bytes] = []
    # Looked up once, as the settings do it.
    host = redis_address.layer_host(sentinels.url)

    def link(name: str) -> LayerLink:
        return LayerLink(
            name,
            lambda: RedisLayer(hosts=[host]),
            lambda messages: heard.extend(each.payload for each in messages),
            lambda: None,
        )

    here, there = link("here"), link("there")
    store = PresenceStore()
    for each in (here, there):
        each.start()
    await there.add("talk")
    here.publish("talk", [Message(topic="talk", payload=b"a")])
    await until(lambda: heard == [b"a"])
    assert await store.keep([("w.1", member(7, "x"))])

    old = await sentinels.master()
    old.hang()
    await until(lambda: not here.is_up and not there.is_up)
    await until(lambda: here.is_up and there.is_up)

    assert await sentinels.master() is not old
    here.publish("talk", [Message(topic="talk", payload=b"b")])
    await until(lambda: heard[-1:] == [b"b"])
    # What the first one had has gone with it.
    await until_told(lambda: store.keep([("w.1", member(8, "y"))]), "presence does not find the new master")
    assert (await store.online(["w.1"]) or {})["w.1"] >= {8}
    with redis_address.client(sentinels.url, socket_timeout=2) as client:
        assert client.zcard("collab:presence:w.1")
    url, options = redis_address.broker(sentinels.url)
    with Connection(url, transport_options=options | {"socket_timeout": 2}) as broker:
        queue = broker.SimpleQueue("words")
        queue.put("hello")
        assert queue.get(timeout=5).payload == "hello"
    for each in (here, there):
        await each.stop()
    await store.close()


async def test_a_line_that_is_given_up_leaves_no_connection_to_a_sentinel(sentinels: Sentinels) -> None:
    def clients() -> int:
        # Sentinels come and go among themselves; their connections bear their names.
        with redis.Redis(port=sentinels.watching[0]) as asked:
            return sum(not client["name"].startswith("sentinel-") for client in asked.client_list())

    before = clients()
    layer = RedisLayer(hosts=[redis_address.layer_host(sentinels.url)])
    await layer.group_send("talk", {"type": "live"})
    assert clients() > before
    # Held, so that it is not the collector that closes them.
    held = [shard._redis for shard in layer._get_layer()._shards]

    await layer.flush()

    await until(lambda: clients() <= before)
    assert held
