"""The link to the channel layer, while Valkey dies, hangs, forgets and cuts it off."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from collab.live import layer as layer_module
from collab.live import line as line_module
from collab.live import metrics
from collab.live.layer import LayerLink, send_once
from collab.live.messages import Message
from collab.live.redis_layer import RedisLayer
from tests.live.valkeys import FrailValkey, Way
from tests.live.waiting import until

pytestmark = pytest.mark.usefixtures("quick_lines")


class Node:
    """A link, and what it heard."""

    def __init__(self, name: str, valkey: FrailValkey) -> None:
        self.heard: list[bytes] = []
        self.ups = 0
        self.way = Way(valkey.url)
        self.link = LayerLink(name, self.way, self._hear, self._up)

    def _hear(self, messages: list[Message]) -> None:
        self.heard += [message.payload for message in messages]

    def _up(self) -> None:
        self.ups += 1

    def say(self, word: bytes) -> None:
        self.link.publish("talk", [Message(topic="talk", payload=word)])

    async def until_up(self, times: int) -> None:
        await until(lambda: self.ups >= times)


@pytest.fixture
async def nodes(valkey: FrailValkey) -> AsyncIterator[tuple[Node, Node]]:
    """Two nodes; the second hears the talk."""
    here, there = Node("here", valkey), Node("there", valkey)
    for node in (here, there):
        node.link.start()
        await node.until_up(1)
    await there.link.add("talk")
    yield here, there
    for node in (here, there):
        await node.link.stop()


async def test_the_others_hear_what_one_says_and_not_oneself(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    await here.link.add("talk")
    here.say(b"a")
    here.say(b"b")
    there.say(b"c")
    await until(lambda: there.heard == [b"a", b"b"] and here.heard == [b"c"])


async def test_a_topic_that_nobody_wants_any_more_is_not_heard(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    there.link.discard("talk")
    await there.link.add("other")
    here.say(b"a")
    here.link.publish("other", [Message(topic="other", payload=b"b")])
    await until(lambda: there.heard == [b"b"])


async def test_a_canary_may_be_back_before_the_layer_says_that_it_was_sent(
    nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "CANARY", 1_000)
    _, there = nodes
    line = there.link._line
    assert line is not None
    send = line._layer.group_send

    async def say_so_late(group: str, message: dict[str, Any]) -> None:
        await send(group, message)
        await until(lambda: line._heard >= message["number"])

    monkeypatch.setattr(line._layer, "group_send", say_so_late)
    # One more canary was due; that one is a proof of what came before it, too.
    for _ in range(3):
        await line.prove()


async def test_after_a_death_all_topics_are_heard_again(nodes: tuple[Node, Node], valkey: FrailValkey) -> None:
    here, there = nodes
    valkey.kill()
    await until(lambda: not there.link.is_up and not here.link.is_up)
    valkey.start()
    await here.until_up(2)
    await there.until_up(2)
    here.say(b"a")
    await until(lambda: there.heard == [b"a"])


async def test_each_line_that_is_lost_is_counted(nodes: tuple[Node, Node], valkey: FrailValkey) -> None:
    def lost() -> float:
        return metrics.registry.get_sample_value("collab_layer_lost_total") or 0

    before = lost()
    valkey.kill()
    # Each node's first line, and those that it tries to open then.
    await until(lambda: lost() >= before + 4)


async def test_a_topic_first_wanted_while_the_layer_is_away_is_heard_when_it_is_back(
    nodes: tuple[Node, Node], valkey: FrailValkey
) -> None:
    here, there = nodes
    valkey.kill()
    promise = there.link.add("other")
    await until(lambda: not there.link.is_up)
    assert not promise.done()
    valkey.start()
    await promise
    here.link.publish("other", [Message(topic="other", payload=b"a")])
    await until(lambda: there.heard == [b"a"])


async def test_what_is_said_while_the_layer_is_away_is_heard_when_it_is_back(
    nodes: tuple[Node, Node], valkey: FrailValkey
) -> None:
    here, there = nodes
    here.way.is_shut = True
    valkey.kill()
    here.say(b"a")
    await until(lambda: here.link._line is None and there.link._line is None)
    here.say(b"b")
    valkey.start()
    await there.until_up(2)
    here.way.is_shut = False
    await until(lambda: there.heard == [b"a", b"b"])


async def test_a_layer_that_hangs_is_doubted_before_it_is_given_up(
    nodes: tuple[Node, Node], valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = nodes
    monkeypatch.setattr(line_module, "WITHIN", 60.0)
    monkeypatch.setattr(line_module, "OVERDUE", 0.1)
    await until(lambda: here.link.is_sure)
    valkey.hang()
    await until(lambda: not here.link.is_sure)
    assert here.link.is_up
    valkey.wake()
    await until(lambda: here.link.is_sure)
    assert here.ups == 1


async def test_where_the_loop_is_slow_a_late_canary_is_no_doubt_for_as_long(
    nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = nodes
    monkeypatch.setattr(line_module, "CANARY", 0.3)
    line = here.link._line
    assert line is not None
    seen: list[float] = []

    def notes_turns() -> bool:
        # The loop does nothing else meanwhile.
        time.sleep(0.2)
        seen.append(line._turn)
        return max(seen) > 0.1

    await until(notes_turns)
    line._sent = line._heard + 1

    def is_sure(late: float, turn: float) -> bool:
        line._sung_at, line._turn = asyncio.get_running_loop().time() - line_module.OVERDUE - late, turn
        return line.is_sure

    assert [is_sure(1.0, 0.0), is_sure(1.0, 0.2), is_sure(2.0, 0.2)] == [False, True, False]


async def test_a_layer_that_hangs_is_noticed_and_nobody_waits_for_it(
    nodes: tuple[Node, Node], valkey: FrailValkey
) -> None:
    here, there = nodes
    valkey.hang()
    # None of these is awaited by anybody who serves a socket; nor does the loop stand still.
    here.say(b"a")
    there.link.add("other")
    there.link.discard("other")
    await until(lambda: not here.link.is_up and not there.link.is_up)
    valkey.wake()
    await here.until_up(2)
    await there.until_up(2)
    here.say(b"b")
    await until(lambda: there.heard[-1:] == [b"b"])


async def test_a_subscriber_that_is_cut_off_is_proven_whole_again_before_it_counts_as_up(
    nodes: tuple[Node, Node], valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    # channels_redis waits a second before it connects anew: so long that canaries alone would not notice.
    monkeypatch.setattr(line_module, "CANARY", 0.7)
    here, there = nodes
    line = there.link._line
    valkey.cut_subscribers()
    await there.until_up(2)
    assert there.link._line is line
    here.say(b"a")
    await until(lambda: there.heard == [b"a"])


async def test_a_node_that_hears_nothing_is_deaf_although_it_can_speak(
    nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a subscriber does that hangs on to the old master of a Sentinel."""
    here, there = nodes
    layer: Any = there.link._line._layer  # type: ignore[union-attr]
    for shard in layer._get_layer()._shards:
        monkeypatch.setattr(shard, "_receive_message", lambda message: None)
    here.say(b"a")
    await there.until_up(2)
    here.say(b"b")
    await until(lambda: there.heard == [b"b"])


async def test_what_could_not_be_handed_on_ends_the_line_and_the_next_one_hears(
    nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = nodes
    with monkeypatch.context() as broken:
        broken.setattr(there.link, "_on_messages", lambda _: 1 / 0)
        here.say(b"a")
        await there.until_up(2)
    here.say(b"b")
    await until(lambda: there.heard == [b"b"])
    # At once, and not since nothing was heard for a while.
    [told] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "layer_down" in told
    assert "ZeroDivisionError" in told


async def test_a_process_without_sockets_publishes_too(
    nodes: tuple[Node, Node], valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = nodes
    monkeypatch.setattr(layer_module, "new_layer", there.way)
    await send_once([("talk", [Message(topic="talk", payload=b"a")])])
    await until(lambda: there.heard == [b"a"])
    valkey.kill()
    await send_once([("talk", [Message(topic="talk", payload=b"b")])])
    assert there.heard == [b"a"]


async def test_what_waits_for_the_layer_is_bounded(valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_module, "MOST_WAITING", 3)
    here, there = Node("here", valkey), Node("there", valkey)
    there.link.start()
    await there.link.add("talk")
    await there.link.add("other")
    here.link.publish("other", [Message(topic="other", payload=b"old")])
    for word in (b"a", b"b", b"c"):
        here.say(word)
    here.link.start()
    await until(lambda: there.heard == [b"a", b"b", b"c"])
    await here.link.stop()
    await there.link.stop()


async def test_what_came_for_the_client_library_alone_is_passed_over(valkey: FrailValkey) -> None:
    layer = RedisLayer(hosts=[valkey.url])
    channel = await layer.new_channel()
    try:
        [shard] = layer._get_layer()._shards
        await shard._take(None)
        await layer.group_add("talk", channel)
        await layer.group_send("talk", {"type": "word"})
        assert await layer.receive(channel) == {"type": "word"}
    finally:
        await layer.flush()
