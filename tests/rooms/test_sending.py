"""Sending mail to a server that refuses, drops the line and comes back; several senders at once; one that dies."""

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from rooms.actions.invitations import invite_by_mail
from rooms.deliveries import claims, schedule, sender
from rooms.models import Delivery, Membership, Role, Room, Workspace
from tests.collab.running import free_port
from tests.rooms.races import meanwhile
from tests.rooms.test_deliveries import say

pytestmark = pytest.mark.django_db(transaction=True)
State = Delivery.State
#: Seconds for Celery to start and for its clock to come round.
PATIENCE = 30


class Provider:
    """A mail server: what it has taken, by Message-ID, and how it behaves."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refusals = 0
        self.drops = 0
        self.hold = threading.Event()
        self.hold.set()
        self.has_one = threading.Event()

    async def handle_DATA(  # noqa: N802 — aiosmtpd's name.
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 Not now"
        assert isinstance(envelope.content, bytes)
        self.taken[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        self.has_one.set()
        while not self.hold.is_set():
            await server.loop.run_in_executor(None, self.hold.wait, 0.05)
        if self.drops:
            self.drops -= 1
            # It has the mail, and nobody is told.
            assert server.transport is not None
            server.transport.close()
        return "250 OK"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    provider = Provider()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    controller = Controller(provider, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT)
    controller.start()
    yield provider
    provider.hold.set()
    controller.stop()


def invite(ada: User, workspace: Workspace, count: int) -> None:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    invite_by_mail(by=by, emails=[f"guest{number}@example.org" for number in range(count)], role=Role.MEMBER)


def make_due(**fields: object) -> None:
    Delivery.objects.exclude(state__in=[State.SENT, State.DEAD]).update(due_at=timezone.now(), **fields)


def test_what_the_provider_refuses_for_a_while_is_sent_later(
    provider: Provider, ada: User, workspace: Workspace
) -> None:
    provider.refusals = 2
    invite(ada, workspace, 1)
    for attempt in (1, 2):
        sender.send_due()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == (State.RETRYING, attempt)
        assert "Not now" in delivery.last_error
        assert timezone.now() < delivery.due_at < timezone.now() + datetime.timedelta(seconds=41)
        make_due()
    sender.send_due()
    assert Delivery.objects.get().state == State.SENT
    assert list(provider.taken.values()) == [1]


def test_one_that_is_refused_does_not_hold_up_the_others(provider: Provider, ada: User, workspace: Workspace) -> None:
    provider.refusals = 1
    invite(ada, workspace, 5)
    assert sender.send_due() == 4
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {State.SENT: 4, State.RETRYING: 1}


def test_after_a_day_it_is_given_up(provider: Provider, ada: User, workspace: Workspace) -> None:
    provider.refusals = 9
    invite(ada, workspace, 1)
    sender.send_due()
    almost = timezone.now() - schedule.GIVE_UP_AFTER + datetime.timedelta(minutes=1)
    make_due(first_tried_at=almost)
    sender.send_due()
    assert Delivery.objects.get().state == State.RETRYING
    make_due(first_tried_at=timezone.now() - schedule.GIVE_UP_AFTER)
    sender.send_due()
    assert Delivery.objects.get().state == State.DEAD
    assert sender.send_due() == 0


def test_retries_wait_longer_each_time_and_never_much_longer_than_an_hour() -> None:
    longest = [max(schedule.retry_in(attempts).total_seconds() for _ in range(300)) for attempts in (1, 4, 7, 500)]
    assert longest == sorted(longest)
    assert longest[0] <= 20
    assert 1_800 < longest[-1] <= 3_600


def test_a_line_that_drops_after_the_mail_costs_a_second_one_with_the_same_id(
    provider: Provider, ada: User, workspace: Workspace
) -> None:
    provider.drops = 1
    invite(ada, workspace, 1)
    sender.send_due()
    assert Delivery.objects.get().state == State.RETRYING
    make_due()
    sender.send_due()
    assert Delivery.objects.get().state == State.SENT
    assert list(provider.taken.values()) == [2]


def test_senders_at_once_send_nothing_twice(provider: Provider, ada: User, workspace: Workspace) -> None:
    invite(ada, workspace, 35)
    together = threading.Barrier(3)

    def send() -> int:
        try:
            together.wait()
            return sender.send_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        sent = [future.result() for future in [pool.submit(send) for _ in range(3)]]
    assert sum(sent) == 35
    assert set(provider.taken.values()) == {1}
    assert len(provider.taken) == 35


def test_a_mail_is_not_claimed_while_a_message_is_just_being_added_to_it(ada: User, ben: User, room: Room) -> None:
    """The sender would not see that message, and the message finds that a mail waits already."""
    say(ada, room, "@ben one")
    make_due()
    with transaction.atomic():
        say(ada, room, "@ben two")
        with meanwhile(claims.claim) as claiming:
            claiming.begin()
            assert claiming.outcome() == []
    assert len(claims.claim()) == 1


def test_a_claim_lasts_and_then_another_takes_it_up(provider: Provider, ada: User, workspace: Workspace) -> None:
    invite(ada, workspace, 1)
    [claimed] = claims.claim()
    assert sender.send_due() == 0
    Delivery.objects.filter(pk=claimed.pk).update(claimed_until=timezone.now() - datetime.timedelta(seconds=1))
    assert sender.send_due() == 1


def test_a_worker_killed_while_it_sends_costs_a_retry_and_no_mail(
    provider: Provider, ada: User, workspace: Workspace, settings: Settings
) -> None:
    """Two real Celery workers, one after the other, with a beat of their own."""
    invite(ada, workspace, 3)
    provider.hold.clear()
    with worker(settings) as first:
        assert provider.has_one.wait(PATIENCE)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    provider.hold.set()
    assert Delivery.objects.filter(state=State.SENDING).exists()
    # As if a minute had gone by.
    Delivery.objects.filter(state=State.SENDING).update(claimed_until=timezone.now())
    with worker(settings):
        end = time.monotonic() + PATIENCE
        while Delivery.objects.exclude(state=State.SENT).exists():
            assert time.monotonic() < end
            time.sleep(0.05)
    assert len(provider.taken) == 3
    # Only that one may have gone out twice, about which nobody could tell.
    assert sum(provider.taken.values()) <= 4


class worker:  # noqa: N801 — read as a function.
    """A Celery worker with a beat, over the servers of the test."""

    def __init__(self, settings: Settings) -> None:
        at = connection.settings_dict
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "collab.settings",
            "DATABASE_URL": f"postgres://{at['USER']}@{at['HOST'].replace('/', '%2F')}/{at['NAME']}",
            "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        }
        schedule_file = os.environ["VAR_DIR"] + "-beat"
        self._command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "collab",
            "worker",
            "--pool=solo",
            "-B",
            "-s",
            schedule_file,
        ]
        self._environment = environment

    def __enter__(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(20)
