"""What a node writes down about itself, and what it does when staff asks."""

import contextlib
import datetime
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from accounts.models import User
from collab.live import drain, faults, journeys
from collab.live.database import in_database
from collab.live.errors import Unavailable
from collab.watch import fleet, keeping, numbers, passages
from collab.watch import reporter as reporter_module
from collab.watch.fleet import LastNode, NodeGone, State
from collab.watch.models import Fault, Node, Passage, Sample
from collab.watch.reporter import Reporter
from rooms import node as rooms_node
from rooms.models import Room
from tests.live.waiting import until

if TYPE_CHECKING:
    from tests.live.sockets import Connect


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests left in this process; and whatever is noted is settled at once."""
    journeys.take()
    faults.take()
    monkeypatch.setattr(journeys, "SETTLED", 0.0)
    monkeypatch.setattr(faults, "_latest", {})


@pytest.fixture
async def reporter(connect: "Connect") -> Reporter:
    """Of the node of this process."""
    return Reporter(await rooms_node.current())


def other_node(**fields: object) -> Node:
    now = timezone.now()
    fields = {"host": "other", "port": "8001", "pid": 1, "build": "x", "started_at": now, "seen_at": now, **fields}
    return Node.objects.create(name=uuid.uuid4().hex[:12], **{"report": {}, **fields})


async def test_a_node_tells_how_it_is(reporter: Reporter, connect: "Connect", ada: User) -> None:
    await connect(ada)
    await reporter.report()
    [seen] = await sync_to_async(fleet.nodes)()
    assert seen.state is State.SERVING
    assert (seen.report.sockets, seen.report.people) == (1, 1)
    assert seen.node.name == (await rooms_node.current()).hub.node
    sample = await Sample.objects.aget()
    assert sample.people == 1


async def test_a_node_is_one_row_and_samples_are_fewer_than_reports(reporter: Reporter) -> None:
    for _ in range(4):
        await reporter.report()
    assert await Node.objects.acount() == 1
    assert await Sample.objects.acount() == 2


async def test_one_that_stops_in_good_order_says_so(reporter: Reporter) -> None:
    await reporter.report()
    await reporter.leave()
    [seen] = await sync_to_async(fleet.nodes)()
    assert seen.state is State.LEFT


async def test_the_way_of_a_message_is_written_down(
    reporter: Reporter, connect: "Connect", ada: User, ben: User, room: Room
) -> None:
    adas, bens = await connect(ada), await connect(ben)
    said = await adas.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="Where was I?")
    seq = said["seq"]
    await bens.until_type("posted", seq=seq)
    assert (await bens.command("ping", positions={room.pk: seq}))["type"] == "ok"
    assert (await bens.command("read", room=room.pk, position=seq))["type"] == "ok"
    since = timezone.now()
    # On the node itself it can be asked for before it is written down.
    assert await sync_to_async(passages.journeys)(room.pk, seq, since)
    assert not await Passage.objects.aexists()
    await reporter.report()
    [(node, journey)] = await sync_to_async(passages.journeys)(room.pk, seq, since)
    assert node == reporter._who.name
    assert journey.sockets == 2
    assert journey.committed is not None
    assert journey.written is not None
    confirmed, read = await sync_to_async(passages.reached)(room.pk, seq, since, [ben.pk])
    assert confirmed.keys() == read.keys() == {ben.pk}
    assert await sync_to_async(passages.journeys)(room.pk, seq + 1, since) == []


async def test_what_cannot_be_written_is_written_the_next_time(
    reporter: Reporter, connect: "Connect", ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    adas = await connect(ada)
    said = await adas.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="While it was away")
    await adas.until_type("posted", seq=said["seq"])
    faults.note("test", "The database is away, for this test.")

    def away(*_: object) -> bool:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "keep", away)
        await reporter.report()
    assert not await Passage.objects.aexists()
    await reporter.report()
    assert await sync_to_async(passages.journeys)(room.pk, said["seq"], timezone.now())
    assert await Fault.objects.filter(kind="test").aexists()


async def test_what_is_written_is_written_once_though_the_look_around_fails(
    reporter: Reporter, connect: "Connect", ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise Unavailable

    monkeypatch.setattr(numbers, "refresh", away)
    monkeypatch.setattr(reporter_module, "NUMBERS_EVERY", 2)
    adas = await connect(ada)
    said = await adas.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="Once")
    await adas.until_type("posted", seq=said["seq"])
    for _ in range(3):
        await reporter.report()
    assert len(await sync_to_async(passages.journeys)(room.pk, said["seq"], timezone.now())) == 1


async def test_a_node_goes_on_reporting_whatever_was_in_the_way(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "keep", lambda *_: 1 / 0)
        await reporter.report()
    await reporter.report()
    assert await Node.objects.aexists()


async def test_the_same_trouble_again_and_again_is_one_fault(reporter: Reporter) -> None:
    for _ in range(3):
        faults.note("test", "It will not go away.")
        await reporter.report()
    fault = await Fault.objects.aget(kind="test")
    assert fault.count == 3
    assert fault.began_at <= fault.last_at


async def test_a_database_that_is_away_is_a_fault_of_the_nodes(reporter: Reporter) -> None:
    def away() -> None:
        from django.db import OperationalError

        raise OperationalError

    with pytest.raises(Unavailable):
        await in_database(away)
    await reporter.report()
    assert await Fault.objects.filter(kind="database").aexists()


async def test_a_node_that_is_asked_to_drain_sends_its_people_on_and_takes_them_in_again(
    reporter: Reporter, connect: "Connect", ada: User
) -> None:
    adas = await connect(ada)
    await reporter.report()
    await sync_to_async(other_node)()
    name = reporter._who.name
    try:
        await sync_to_async(fleet.ask_to_drain)(name=name, wants_drain=True)
        await reporter.report()
        await adas.until_type("goodbye")
        assert await adas.closed() == 4100
        assert drain.is_leaving()
        await adas.disconnect()
        sockets = (await rooms_node.current()).hub.sockets
        await until(lambda: not len(sockets))
        await reporter.report()
        seen = {each.node.name: each for each in await sync_to_async(fleet.nodes)()}[name]
        assert seen.state is State.DRAINED
        await sync_to_async(fleet.ask_to_drain)(name=name, wants_drain=False)
        await reporter.report()
        assert not drain.is_leaving()
    finally:
        drain.hold(is_held=False)


@pytest.mark.django_db
def test_the_last_node_that_serves_is_not_drained() -> None:
    node = other_node()
    other_node(left_at=timezone.now())
    other_node(seen_at=timezone.now() - fleet.SILENT_AFTER - datetime.timedelta(seconds=1))
    with pytest.raises(LastNode):
        fleet.ask_to_drain(name=node.name, wants_drain=True)
    node.refresh_from_db()
    assert not node.wants_drain


@pytest.mark.django_db(transaction=True)
def test_of_two_who_drain_the_last_two_at_once_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve, both_looked = fleet._others_serve, threading.Barrier(2)

    def look(*arguments: Any) -> bool:
        found = serve(*arguments)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_looked.wait(0.5)
        return found

    def drain_one(name: str) -> bool:
        try:
            with connection.cursor() as cursor:
                # However long the other one takes on a busy machine.
                cursor.execute("SET lock_timeout = 0")
            return bool(fleet.ask_to_drain(name=name, wants_drain=True))
        except LastNode:
            return False
        finally:
            connection.close()

    monkeypatch.setattr(fleet, "_others_serve", look)
    with ThreadPoolExecutor(2) as threads:
        drained = list(threads.map(drain_one, [other_node().name, other_node().name]))
    assert sorted(drained) == [False, True]


@pytest.mark.django_db
def test_a_node_that_is_gone_is_asked_nothing() -> None:
    for name in ("", "nobody", other_node(left_at=timezone.now()).name):
        with pytest.raises(NodeGone):
            fleet.ask_to_drain(name=name, wants_drain=True)


@pytest.mark.django_db
def test_a_node_without_a_word_is_shown_as_such_and_then_no_more() -> None:
    silent = other_node(seen_at=timezone.now() - datetime.timedelta(minutes=1))
    other_node(seen_at=timezone.now() - datetime.timedelta(hours=2))
    [seen] = fleet.nodes()
    assert (seen.node, seen.state, seen.is_there) == (silent, State.SILENT, False)


@pytest.mark.django_db
def test_a_report_of_another_version_is_read_as_far_as_it_goes() -> None:
    other_node(report={"sockets": 3, "something_new": "?"})
    [seen] = fleet.nodes()
    assert seen.report.sockets == 3


@pytest.mark.django_db
def test_what_is_old_is_forgotten() -> None:
    now = timezone.now()
    for age in (datetime.timedelta(minutes=1), datetime.timedelta(days=40)):
        at = now - age
        other_node(seen_at=at)
        numbers = {"events": 0, "deliveries": 0, "people": 0, "lag": 0.0, "written": []}
        Sample.objects.create(node="n", at=at, **numbers)
        Passage.objects.create(node="n", began_at=at, at=at, rooms=[], data=b"")
        Fault.objects.create(node="n", kind="k", text="t", began_at=at, last_at=at, count=1)
    assert keeping.clear(datetime.timedelta(hours=24)) == 4
    assert [model.objects.count() for model in (Node, Sample, Passage, Fault)] == [1, 1, 1, 1]
