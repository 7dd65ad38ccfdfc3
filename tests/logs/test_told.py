"""What happens is written down where it happens, with what whoever runs the site needs to know of it."""

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from collab.live import batch, database, metrics
from collab.live.batch import Batcher
from collab.live.errors import Close, Unavailable
from collab.live.outlets import MAX_WAITING, AsgiOutlet
from collab.logs import requests
from rooms.actions.messages import post_message
from rooms.models import Message, Room

FORM = {"login": "ada@example.org", "password": "wrong"}


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> "Told":
    caplog.set_level(logging.DEBUG)
    return Told(caplog)


class Told:
    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def of(self, event: str) -> list[dict[str, Any]]:
        lines = [dict(record.msg) for record in self._caplog.records if isinstance(record.msg, dict)]
        return [line for line in lines if line.pop("event") == event]


def limited(what: str) -> float:
    return metrics.registry.get_sample_value("collab_rate_limited_total", {"what": what}) or 0


def test_who_fails_to_sign_in_too_often_is_told_of_apart(client: Client, ada: User, told: Told) -> None:
    before = limited("sign_in")
    for _ in range(6):
        client.post("/account/login/", FORM)
    assert len(told.of("sign_in_failed")) == 5
    assert told.of("sign_in_limited") == [{}]
    assert limited("sign_in") == before + 1


def test_who_asks_too_often_is_told_of(client: Client, ada: User, told: Told) -> None:
    before = limited("page")
    for number in range(25):
        answer = client.post("/account/password/reset/", {"email": f"one-{number}@example.org"})
    assert answer.status_code == 429
    line = told.of("rate_limited")[0]
    assert (line["method"], line["route"], line["status"]) == ("POST", "account/password/reset/", 429)
    assert limited("page") == before + len(told.of("rate_limited"))


def test_a_new_password_is_told_of(client: Client, ada: User, told: Told) -> None:
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    form = {"oldpassword": "ada-password", "password1": "a-long-and-other-word"}
    assert client.post("/account/password/change/", form).status_code == 302
    assert told.of("password_changed") == [{"person": ada.pk}]


def test_a_slow_page_is_told_of(client: Client, monkeypatch: pytest.MonkeyPatch, db: None, told: Told) -> None:
    monkeypatch.setattr(requests, "SLOW", 0.0)
    client.get("/account/login/")
    assert told.of("request_slow") == [{"method": "GET", "route": "account/login/", "status": 200, "ms": ANY}]


def test_what_staff_does_is_told_of(client: Client, ada: User, ben: User, told: Told) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    client.post(reverse("admin:accounts_user_keep_out", args=[ben.pk]), {"_form_submitted": "on"})
    ben.refresh_from_db()
    assert told.of("admin_action") == [{"action": "accounts_user_keep_out", "thing": "user", "thing_id": ben.pk}]


def test_a_message_that_staff_takes_away_is_told_of(client: Client, ada: User, room: Room, told: Told) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="Away with it")
    message = Message.objects.get(room=room)
    client.post(reverse("admin:rooms_message_delete", args=[message.pk]), {"post": "yes"})
    line = {"action": "rooms_message_delete", "thing": "message", "thing_id": message.pk}
    assert told.of("admin_action") == [line]


async def test_a_slow_batch_is_told_of(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    def work(items: Sequence[int]) -> list[int]:
        time.sleep(0.01)
        return list(items)

    batcher: Batcher[int, int] = Batcher(work, name="counting")
    await batcher.submit(1)
    await batcher.idle()
    assert told.of("batch_slow") == []
    monkeypatch.setattr(batch, "SLOW", 0.005)
    await batcher.submit(2)
    await batcher.idle()
    assert told.of("batch_slow") == [{"work": "counting", "items": 1, "ms": ANY, "waiting": 0}]


async def test_a_database_that_goes_and_comes_back_is_told_of_once_each(told: Told) -> None:
    def fail() -> None:
        raise OperationalError

    for work in (fail, fail, int, int):
        try:
            await database.in_database(work)
        except Unavailable:
            assert work is fail
    assert [list(each) for each in told.of("database_away")] == [["error"]]
    assert told.of("database_back") == [{}]


async def test_whose_reader_is_slow_is_told_of(told: Told) -> None:
    from collab.live.frames import Frame

    async def send(message: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    outlet = AsgiOutlet(7, send, lambda kind, argument: None)
    for _ in range(MAX_WAITING + 2):
        outlet.send(Frame(b"{}"))
    assert told.of("slow_reader") == [{"person": 7}]
    assert outlet.closed_with == Close.SLOW_READER
    outlet.stop()
