"""The hub: several nodes, a layer that loses, doubles and swaps, and a log that makes up for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from collab.live import backfill, line, topic
from collab.live import hub as hub_module
from collab.live.errors import Close, Unavailable
from collab.live.frames import Frame
from collab.live.hub import Hub
from collab.live.layer import new_layer
from collab.live.messages import Join, Message, pack
from collab.live.redis_layer import RedisLayer
from tests.live.valkeys import FrailValkey, Way
from tests.live.waiting import until

TOPIC = "room.1"


class Shelf:
    """A log in memory, shared by the nodes of a test."""

    def __init__(self) -> None:
        self.entries: list[Message] = []
        #: Times that it cannot be read.
        self.failures = 0
        #: Times that it holds something nobody understands.
        self.riddles = 0

    def write(self, *, drops: tuple[int, ...] = ()) -> Message:
        seq = len(self.entries) + 1
        self.entries.append(Message(topic=TOPIC, seq=seq, payload=b"%d" % seq, drops=drops))
        return self.entries[-1]

    async def heads(self, topics: Sequence[str]) -> Mapping[str, int]:
        return {TOPIC: len(self.entries)} if TOPIC in topics else {}

    async def read_after(self, topic: str, after: int, limit: int) -> list[Message]:
        if self.riddles:
            self.riddles -= 1
            raise KeyError("an event of tomorrow")
        if self.failures:
            self.failures -= 1
            raise Unavailable
        return self.entries[after : after + limit]


class Screen:
    """An outlet that remembers."""

    def __init__(self, owner: int = 1) -> None:
        self.owner = owner
        self.shown: list[int] = []
        self.words: list[tuple[str, str]] = []
        self.closed: Close | None = None
        self._more = asyncio.Event()

    def send(self, frame: Frame) -> None:
        self.shown.append(int(frame.payload))
        self._more.set()

    async def ready(self) -> None:
        pass

    def close(self, code: Close) -> None:
        self.closed = code

    def control(self, kind: str, argument: str) -> None:
        self.words.append((kind, argument))
        self._more.set()

    async def until(self, seq: int) -> None:
        async with asyncio.timeout(5):
            while seq not in self.shown:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def nodes(shelf: Shelf) -> AsyncIterator[tuple[Hub, Hub]]:
    """Two nodes over the real channel layer."""
    hubs = Hub(new_layer, shelf), Hub(new_layer, shelf)
    for each in hubs:
        each.start()
    await until(lambda: all(each.is_up for each in hubs))
    yield hubs
    for each in hubs:
        await each.stop()


async def watch(hub: Hub, screen: Screen, after: int = 0) -> Screen:
    hub.sockets.add(screen)
    await hub.subscribe(screen, TOPIC, after)
    return screen


async def test_what_one_node_publishes_is_shown_on_both(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    here, there = [await watch(node, Screen()) for node in nodes]
    for _ in range(5):
        nodes[0].publish([shelf.write()])
    await there.until(5)
    assert here.shown == there.shown == [1, 2, 3, 4, 5]


async def test_a_socket_is_first_sent_what_it_missed(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    for _ in range(1_200):
        shelf.write()
    screen = await watch(nodes[0], Screen(), after=100)
    assert screen.shown == list(range(101, 1_201))


async def test_a_lost_hint_is_found_by_the_next(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    screen = await watch(nodes[0], Screen())
    for _ in range(2):
        shelf.write()
        shelf.write()
        nodes[0].deliver([shelf.write()])
        await screen.until(len(shelf.entries))
    assert screen.shown == [1, 2, 3, 4, 5, 6]


async def test_a_lost_hint_is_found_without_a_next(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    screen = await watch(nodes[0], Screen())
    shelf.write()
    await nodes[0]._backfill.check()
    assert screen.shown == [1]


async def test_a_look_at_named_topics_comes_soon_and_one_at_none_makes_no_task(
    nodes: tuple[Hub, Hub], shelf: Shelf
) -> None:
    screen = await watch(nodes[0], Screen())
    shelf.write()
    before = asyncio.all_tasks()
    nodes[0].check_soon([])
    assert asyncio.all_tasks() == before
    nodes[0].check_soon([TOPIC])
    await screen.until(1)


async def test_doubled_and_swapped_hints_change_nothing(
    nodes: tuple[Hub, Hub], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "PATIENCE", 60)
    screen = await watch(nodes[0], Screen())
    first, second, third = shelf.write(), shelf.write(), shelf.write()
    nodes[0].deliver([third, first, first, third, second, second])
    assert screen.shown == [1, 2, 3]


async def test_what_arrives_while_a_socket_catches_up_comes_after_it(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    for _ in range(3):
        shelf.write()
    screen = Screen()
    nodes[0].sockets.add(screen)
    await nodes[0].listen(screen, [TOPIC])
    nodes[0].open_gate(TOPIC, 3)
    nodes[0].deliver([shelf.write(), shelf.write()])
    assert screen.shown == []
    await nodes[0].catch_up(screen, TOPIC, 0, 3)
    assert screen.shown == [1, 2, 3, 4, 5]


async def test_a_dropped_owner_hears_the_entry_that_drops_them_and_nothing_after(
    nodes: tuple[Hub, Hub], shelf: Shelf
) -> None:
    gone, stays = await watch(nodes[0], Screen(owner=7)), await watch(nodes[0], Screen(owner=8))
    nodes[0].deliver([shelf.write(drops=(7,)), shelf.write()])
    assert gone.shown == [1]
    assert stays.shown == [1, 2]


async def test_an_owner_whose_going_is_sent_again_hears_nothing_after(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    """Told of their coming late, they have gone again."""
    shelf.write(drops=(7,))
    screen = Screen(owner=7)
    nodes[0].sockets.add(screen)
    await nodes[0].subscribe(screen, TOPIC, 0)
    assert not nodes[0].sockets.hears(screen, TOPIC)
    nodes[0].deliver([shelf.write()])
    assert screen.shown == [1]


async def test_someone_who_came_back_is_not_dropped_by_their_going_before(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    screen = await watch(nodes[0], Screen(owner=7))
    await nodes[0].listen(screen, ["user.7"])
    nodes[0].go_live(screen, ["user.7"])
    left, joined = shelf.write(drops=(7,)), shelf.write()
    nodes[0].deliver([Message(topic="user.7", join=Join(TOPIC, 2)), left, joined, shelf.write()])
    assert screen.shown == [1, 2, 3]


async def test_a_join_brings_the_sockets_of_a_person_into_a_topic(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    shelf.write()
    screen = Screen(owner=7)
    nodes[1].sockets.add(screen)
    await nodes[1].listen(screen, ["user.7"])
    nodes[1].go_live(screen, ["user.7"])
    nodes[0].publish([Message(topic="user.7", join=Join(TOPIC, 1))])
    nodes[0].publish([shelf.write()])
    await screen.until(2)
    assert screen.shown == [2]


async def test_a_closed_socket_leaves_nothing_behind(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    screen = await watch(nodes[0], Screen())
    nodes[0].close(screen)
    await nodes[0].subscribe(screen, TOPIC, 0)
    assert nodes[0].topics == {}
    nodes[0].publish([shelf.write()])
    assert screen.shown == []


async def test_a_body_that_nobody_can_read_stops_nothing(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    screen = await watch(nodes[1], Screen())
    layer = new_layer()
    await layer.group_send(TOPIC, {"type": "live", "body": b"\xc1"})
    await layer.group_send(TOPIC, {"type": "live", "body": pack("elsewhere", [shelf.write()])})
    await screen.until(1)
    await layer.flush()


async def test_two_who_come_at_once_miss_nothing_of_each_others_heads(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    """The second reads a newer head and opens the gate there; the first has what lies between all the same."""
    early, late = Screen(), Screen()
    for screen in (early, late):
        nodes[0].sockets.add(screen)
    await nodes[0].listen(early, [TOPIC])
    nodes[0].deliver([shelf.write()])
    await nodes[0].subscribe(late, TOPIC, 0)
    await nodes[0].catch_up(early, TOPIC, 0, 0)
    assert early.shown == late.shown == [1]


async def test_a_socket_that_does_not_take_what_it_missed_is_put_out(
    nodes: tuple[Hub, Hub], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic, "MOST_PENDING", 2)
    screen = Screen()
    nodes[0].sockets.add(screen)
    await nodes[0].listen(screen, [TOPIC])
    nodes[0].open_gate(TOPIC, 0)
    nodes[0].deliver([shelf.write(), shelf.write()])
    assert screen.closed is None
    nodes[0].deliver([shelf.write()])
    assert screen.closed is Close.SLOW_READER


async def test_a_log_that_cannot_be_read_is_read_again_until_the_gap_is_filled(
    nodes: tuple[Hub, Hub], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "DEAF_CHECK", 0.01)
    screen = await watch(nodes[0], Screen())
    shelf.failures = 3
    shelf.write()
    nodes[0].deliver([shelf.write()])
    await screen.until(2)
    assert screen.shown == [1, 2]
    assert shelf.failures == 0


async def test_a_socket_whose_log_cannot_be_read_is_asked_to_come_back(nodes: tuple[Hub, Hub], shelf: Shelf) -> None:
    shelf.write()
    shelf.failures = 1
    screen = await watch(nodes[0], Screen())
    assert screen.closed is Close.GOING_AWAY


async def test_what_the_node_knows_to_be_in_the_log_is_read_where_it_does_not_come(
    nodes: tuple[Hub, Hub], shelf: Shelf
) -> None:
    screen = await watch(nodes[0], Screen())
    # Its node died before it could tell of it.
    shelf.write()
    nodes[0].expect(TOPIC, 1)
    await screen.until(1)
    shelf.write()
    other = await watch(nodes[0], Screen(), after=1)
    await screen.until(2)
    assert (screen.shown, other.shown) == ([1, 2], [2])


async def test_a_second_socket_waits_for_the_layer_as_the_first_does(
    shelf: Shelf, valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "WITHIN", 60.0)
    monkeypatch.setattr(hub_module, "HEARD_WITHIN", 60.0)
    hub = Hub(Way(valkey.url), shelf)
    hub.start()
    await until(lambda: hub.is_up)
    valkey.hang()
    screens = Screen(), Screen()
    for screen in screens:
        hub.sockets.add(screen)
    listening = [asyncio.create_task(hub.listen(screen, [TOPIC])) for screen in screens]
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(task.done() for task in listening)
    valkey.wake()
    await asyncio.gather(*listening)
    await hub.stop()


async def test_a_log_that_cannot_be_understood_does_not_end_the_looking(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "DEAF_CHECK", 0.01)
    hub = Hub(no_layer, shelf)
    hub.start()
    screen = await watch(hub, Screen())
    shelf.riddles = 3
    shelf.write()
    await screen.until(1)
    assert shelf.riddles == 0
    await hub.stop()


async def test_without_a_layer_the_nodes_still_read_each_other(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "DEAF_CHECK", 0.01)
    hubs = [Hub(no_layer, shelf) for _ in range(2)]
    for hub in hubs:
        hub.start()
    here, there = [await watch(hub, Screen()) for hub in hubs]
    hubs[0].publish([shelf.write(), shelf.write()])
    await there.until(2)
    assert here.shown == there.shown == [1, 2]
    for hub in hubs:
        await hub.stop()


async def test_what_is_said_while_the_layer_is_in_doubt_is_read_from_the_log(
    shelf: Shelf, valkey: FrailValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "WITHIN", 60.0)
    monkeypatch.setattr(backfill, "DEAF_CHECK", 0.01)
    hub = Hub(Way(valkey.url), shelf)
    hub.start()
    await until(lambda: hub.is_up)
    screen = await watch(hub, Screen())
    valkey.hang()
    # Elsewhere: nobody tells this node of it.
    shelf.write()
    await screen.until(1)
    assert hub.is_up
    await hub.stop()


async def test_without_a_layer_nobody_hears_what_was_said_after_they_were_removed_elsewhere(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry that removes them stands before it in the order, and nothing is passed on out of order."""
    monkeypatch.setattr(backfill, "DEAF_CHECK", 0.01)
    here, there = Hub(no_layer, shelf), Hub(no_layer, shelf)
    for hub in (here, there):
        hub.start()
    gone, stays = await watch(there, Screen(owner=7)), await watch(there, Screen(owner=8))
    here.publish([shelf.write(drops=(7,)), shelf.write()])
    await stays.until(2)
    assert gone.shown == [1]
    for hub in (here, there):
        await hub.stop()


def no_layer() -> RedisLayer:
    raise ConnectionRefusedError
