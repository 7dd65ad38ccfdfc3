"""Who may read the metrics, and what they tell of a message."""

import asyncio
import datetime
import math
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from channels.testing import HttpCommunicator
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from collab import pulse
from collab.live import journeys, redis_address
from collab.live.database import in_database
from collab.live.errors import Unavailable
from collab.status.models import Minute
from collab.watch import numbers
from rooms.models import Delivery, Room
from tests.live.waiting import PATIENCE
from tests.watch.scrape import ask, values

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.live.sockets import Connect

TOKEN = "a-token-of-sixteen-and-more"


async def test_without_a_token_only_this_machine_may_look() -> None:
    assert (await ask())[0] == 200
    assert (await ask(client=("::1", 5)))[0] == 200
    assert (await ask(client=("10.0.0.7", 5)))[0] == 404
    assert (await ask(client=("", 0)))[0] == 404


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"])
async def test_whoever_comes_through_a_proxy_is_not_of_this_machine(name: bytes) -> None:
    assert (await ask([(name, b"127.0.0.1")]))[0] == 404


async def test_with_a_token_only_whoever_has_it_may_look(settings: "Settings") -> None:
    settings.METRICS_TOKEN = TOKEN
    assert (await ask())[0] == 401
    for wrong in ("", "Bearer ", f"Bearer {TOKEN}x", f"bearer {TOKEN}", TOKEN, "Bearer \xe9"):
        assert (await ask([(b"authorization", wrong.encode("latin1"))]))[0] == 401, wrong
    right = (b"authorization", f"Bearer {TOKEN}".encode())
    assert (await ask([right], client=("10.0.0.7", 5)))[0] == 200
    assert (await ask([right, right]))[0] == 401


async def test_every_leg_of_a_message_is_timed(
    connect: "Connect", ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await values()
    adas, bens = await connect(ada), await connect(ben)
    monkeypatch.setattr(journeys, "TIMED_EACH", 1)
    said = await adas.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="Timed")
    await bens.until_type("posted", seq=said["seq"])
    await bens.command("ping", positions={room.pk: said["seq"]})
    names = [
        f"collab_leg_seconds_count[('leg', '{leg}')]" for leg in ("committed", "published", "written", "confirmed")
    ]
    names += ["collab_deliveries_total", "collab_events_total[('type', 'posted')]"]
    names += ["collab_batch_size_count[('queue', 'writer')]", "collab_batch_seconds_count[('queue', 'writer')]"]
    more: dict[str, float] = {}

    async def all_counted() -> bool:
        now = await values()
        more.update({name: now[name] - before.get(name, 0) for name in names})
        return all(more.values())

    await _until(all_counted)
    assert more["collab_deliveries_total"] == 2
    assert more["collab_events_total[('type', 'posted')]"] == 1
    now = await values()
    assert now["collab_sockets"] == now["collab_people_online"] == 2


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110 — for what tells nobody that it has come.
            await asyncio.sleep(0.01)


async def test_what_the_whole_site_has_is_told(transactional_db: None, ben: User) -> None:
    now = timezone.now()
    await Delivery.objects.acreate(kind="messages", state="dead", user=ben, created_at=now, due_at=now, attempts=7)
    await numbers.refresh()
    found = await values()
    assert found["collab_deliveries_by_state[('state', 'dead')]"] == 1
    assert found["collab_delivery_tries[('state', 'dead')]"] == 7
    assert found["collab_deliveries_by_state[('state', 'waiting')]"] == 0
    assert found["collab_celery_queue[('queue', 'celery')]"] == 0


async def test_celerys_pulse_and_what_the_canary_sees_are_told(transactional_db: None) -> None:
    with redis_address.client(settings.REDIS_URL) as client:
        client.delete(pulse._KEY)
    await numbers.refresh()
    found = await values()
    assert found["collab_celery_pulse_seconds"] == math.inf
    assert math.isnan(found["collab_canary_failing"])
    pulse.note()
    counts = {"accepted": 3, "delivered": 3, "lost": 0, "histogram": [], "longest": 9}
    for minute in (0, 60):
        at = timezone.now() - datetime.timedelta(minutes=minute)
        await Minute.objects.acreate(minute=at, holder="h", beats=4, unavailable=1 if minute == 0 else 4, **counts)
    await numbers.refresh()
    found = await values()
    assert found["collab_celery_pulse_seconds"] < PATIENCE
    assert found["collab_canary_failing"] == 0.25


async def test_a_database_that_is_away_is_told(connect: "Connect", ada: User) -> None:
    def away() -> None:
        raise OperationalError

    await connect(ada)
    with pytest.raises(Unavailable):
        await in_database(away)
    assert (await values())["collab_database_up"] == 0
    await in_database(User.objects.count)
    assert (await values())["collab_database_up"] == 1


async def test_the_loop_and_the_pages_are_timed(transactional_db: None, client: object) -> None:
    from collab.asgi import application
    from collab.live import lag

    before = (await values()).get("collab_page_seconds_count[('status', '3xx')]", 0)
    asking = HttpCommunicator(application, "GET", "/admin/", headers=[(b"host", b"localhost:8000")])
    assert (await asking.get_response())["status"] == 302
    assert (await values())["collab_page_seconds_count[('status', '3xx')]"] == before + 1
    looked = (await values())["collab_loop_lag_seconds_count"]
    watching = asyncio.create_task(lag.watch())

    async def has_looked() -> bool:
        return (await values())["collab_loop_lag_seconds_count"] > looked

    try:
        await _until(has_looked)
    finally:
        watching.cancel()
