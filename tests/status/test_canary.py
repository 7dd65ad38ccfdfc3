"""A real canary against a real site: what it measures while all is well, while nodes die, while messages vanish."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from collab.status import journal, lease, people, store
from collab.status.measuring import Measuring
from collab.status.models import Canary, Minute
from collab.status.tally import Tally
from rooms.models import Message, RoomMembership
from tests.protocol.conftest import database_url
from tests.protocol.node import PROJECT, Node, environment
from tests.status.measured import PATIENCE, so_far, until


class Process:
    """`manage.py canary`, once a second, through one node."""

    def __init__(self, node: Node, var: Path, **variables: str) -> None:
        self.log = var / "canary.log"
        var.mkdir(parents=True, exist_ok=True)
        given = environment(database_url(), node.site) | {"CANARY_SECONDS": "1", "VAR_DIR": str(var)} | variables
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "canary"], cwd=PROJECT, env=given, stdout=log, stderr=log
            )

    def stop(self) -> None:
        """Ask for the end, and wait for it."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()


@pytest.fixture
def start(node: Node, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts a canary with its own folder; all of them end with the test."""
    started: list[Process] = []

    def start(name: str = "var", **variables: str) -> Process:
        started.append(Process(node, tmp_path / name, **variables))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait(PATIENCE)
    connection.close()


def test_it_measures_a_site_that_is_well(start: Callable[..., Process]) -> None:
    canary = start()
    found = until(lambda so_far: so_far.delivered >= 8)
    assert (found.unavailable, found.lost) == (0, 0)
    assert 0 < found.longest < 5_000
    messages = Message.objects.filter(room=Canary.objects.get().room)
    said = messages.count()
    assert said >= 8
    # Of two more that were said it is known of one at least how it went.
    until(lambda _: messages.count() >= said + 2)
    canary.stop()
    # Its last words are kept, and another may take over at once.
    assert so_far().delivered > found.delivered
    assert Canary.objects.get().holder == ""


@pytest.mark.lab
def test_while_the_node_is_dead_each_beat_that_was_due_is_unavailable(
    node: Node, start: Callable[..., Process]
) -> None:
    canary = start()
    until(lambda so_far: so_far.delivered >= 1)
    node.kill()
    down = until(lambda so_far: so_far.unavailable >= 5)
    node.start()
    found = until(lambda so_far: so_far.delivered > down.delivered)
    assert found.lost == 0
    assert canary.log.read_text().count("canary_cut_off") == 2
    canary.stop()
    assert "canary_through" in canary.log.read_text()


@pytest.mark.lab
def test_of_two_one_measures_and_the_other_takes_over(start: Callable[..., Process]) -> None:
    first = start("one")
    until(lambda so_far: so_far.delivered >= 1)
    second = start("two")
    first.stop()
    holder = Minute.objects.get().holder
    until(lambda so_far: Minute.objects.exclude(holder=holder).filter(delivered__gt=0).exists())
    assert Minute.objects.values("holder").distinct().count() == 2
    second.stop()


def test_what_could_not_be_saved_is_saved_by_the_next_one(start: Callable[..., Process], tmp_path: Path) -> None:
    minute = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "VAR_DIR", tmp_path / "var")
        journal.write({store.Key(minute, "one that died"): Tally(beats=12, unavailable=12)})
    start()
    until(lambda so_far: so_far.unavailable >= 12)
    assert Minute.objects.get(holder="one that died").minute == minute


async def test_messages_that_are_accepted_and_swallowed_are_lost(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener is taken out of the room behind the site's back: what the speaker says never comes to them."""
    monkeypatch.setattr("collab.status.rules.LOST_AFTER", 2.0)
    monkeypatch.setattr("collab.status.lease.RENEWED", 1)
    for name, value in {"SITE_URL": node.site, "CANARY_URL": node.site, "CANARY_SECONDS": 1}.items():
        monkeypatch.setattr(settings, name, value)
    canary = await asyncio.to_thread(store.closing, people.settled)
    await asyncio.to_thread(store.closing, RoomMembership.objects.filter(user=canary.listener).delete)
    measuring = Measuring()
    running = asyncio.create_task(measuring.run())
    found = await asyncio.to_thread(store.closing, until, lambda so_far: so_far.lost >= 2)
    measuring.stop()
    await running
    assert found.delivered == 0
    assert found.lost <= found.accepted
    assert found.lost <= found.unavailable


def test_switched_off_it_says_so_and_ends(start: Callable[..., Process]) -> None:
    canary = start(CANARY_SECONDS="0")
    assert canary.process.wait(PATIENCE) == 0
    assert canary.log.read_text() == "CANARY_SECONDS is 0: nothing is measured.\n"


@pytest.mark.lab
def test_a_wrong_address_is_told_with_what_to_set(start: Callable[..., Process]) -> None:
    canary = start(SITE_URL="https://elsewhere.example", CANARY_URL="http://127.0.0.1:9")
    until(lambda so_far: so_far.unavailable >= 2)
    assert "http://127.0.0.1:9" in canary.log.read_text()


def test_it_holds_the_canary_for_longer_than_it_needs_to_say_so_again() -> None:
    assert lease.HELD >= 3 * lease.RENEWED
