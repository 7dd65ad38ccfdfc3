"""What a line looks like, what it leaves out, and how what happens often is told."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import traceback
import uuid

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from twisted.python.failure import Failure

from collab.live.errors import TooFast
from collab.live.tally import EVERY, Tally
from collab.live.tasks import Background
from collab.logs.errors import describe, scrub, story
from collab.logs.lines import tell_error
from collab.logs.redaction import REDACTED, read_foreign, redact
from tests.protocol.node import PROJECT

PROGRAM = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "collab.settings"
import django, structlog, logging
django.setup()
structlog.get_logger("a.b").info("socket_closed", code=4100, room=3, password="xyzzy", detail={"text": "xyzzy"})
structlog.get_logger("a.b").debug("below")
logging.getLogger("a.library").warning("It has %d of %s", 3, "xyzzy")
"""


def said(**variables: str) -> list[str]:
    """What a process of the site writes, whose standard error is no terminal."""
    command = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(command, cwd=PROJECT, env=os.environ | variables, capture_output=True, text=True, check=True)
    return run.stderr.splitlines()


@pytest.mark.parametrize("form", ["auto", "json"])
def test_where_no_terminal_is_each_line_is_json(form: str) -> None:
    first, second = map(json.loads, said(LOG_FORMAT=form))
    assert list(first)[:4] == ["timestamp", "level", "event", "logger"]
    assert (first["level"], first["event"], first["logger"]) == ("info", "socket_closed", "a.b")
    assert (first["code"], first["room"], first["password"]) == (4100, 3, REDACTED)
    assert first["detail"] == {"text": REDACTED}
    assert (second["level"], second["event"], second["logger"]) == ("warning", "It has 3 of …", "a.library")


def test_a_terminal_is_written_to_for_people() -> None:
    first, second = said(LOG_FORMAT="console")
    assert "socket_closed" in first
    assert "code=4100" in first
    assert "\x1b" not in first
    assert "It has 3 of …" in second


def test_the_level_is_the_settings_own() -> None:
    assert [json.loads(line)["event"] for line in said(LOG_LEVEL="WARNING")] == ["It has 3 of …"]
    assert "below" in "".join(said(LOG_LEVEL="DEBUG"))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("xyzzy"), "ValueError"),
        (KeyError("xyzzy"), "KeyError"),
        (TooFast(), "TooFast: too_fast"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: [Errno 111] Connection refused"),
        (OSError("xyzzy@example.org: rejected\nxyzzy"), "OSError: …@…: rejected"),
        (OperationalError("xyzzy"), "OperationalError"),
        (IntegrityError("Key (email)=(xyzzy) exists"), "IntegrityError"),
    ],
)
def test_an_error_says_nothing_that_somebody_may_have_typed(error: Exception, told: str) -> None:
    assert describe(error) == told
    assert story(error) == told


@pytest.mark.django_db
def test_of_the_database_the_kind_and_the_constraint_are_told() -> None:
    from accounts.models import User

    marker = "xyz" + "zy"
    User.objects.create(email=f"{marker}@example.org", name="One", handle="one")
    with pytest.raises(IntegrityError) as refused:
        User.objects.create(email=f"{marker}@example.org", name="Two", handle="two")
    assert marker in str(refused.value)
    assert describe(refused.value).startswith("IntegrityError: SQLSTATE 23505, accounts_user")
    assert marker not in story(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("redis://user:xyzzy@host:1/0 is away", "redis://…@host:1/0 is away"),
        ("mail to ada@example.org", "mail to …@…"),
        ("GET /join/aB3dE5fG7hJ9kL1mN3pQ5r/", "GET /join/…/"),
        (
            "a module_of_a_very_long_name_indeed",
            "a module_of_a_very_long_name_indeed",
        ),
    ],
)
def test_addresses_passwords_and_tokens_are_taken_out_of_what_others_say(text: str, told: str) -> None:
    assert scrub(text) == told


def test_the_net_catches_secrets_by_their_names_at_any_depth() -> None:
    some = uuid.uuid4()
    event = {
        "session_key": "xyzzy",
        "Authorization": "xyzzy",
        "csrfToken": some,
        "seen": [{"html": "xyzzy"}],
        "messages": 3,
        "client_id": some,
        "thing": object(),
        "error": ValueError("xyzzy"),
    }
    told = dict(redact(None, "info", dict(event)))
    assert "xyzzy" not in repr(told)
    assert told["csrfToken"] == REDACTED
    assert (told["messages"], told["client_id"]) == (3, some)
    assert (told["thing"], told["error"]) == ("<object>", "ValueError")


def foreign(message: object, *arguments: object, name: str = "a.library") -> dict[str, object]:
    """What becomes of a library's line."""
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, arguments, None)
    return dict(read_foreign(None, "error", {"event": str(message), "_record": record, "positional_args": arguments}))


def test_a_failure_of_twisteds_tells_its_kind() -> None:
    failure = Failure(ValueError("xyzzy"))  # type: ignore[no-untyped-call]
    assert foreign(failure, name="daphne")["event"] == "ValueError"
    assert foreign(object())["event"] == "object"


def test_a_traceback_that_is_said_as_a_text_is_told_without_what_it_quotes() -> None:
    try:
        int("xyz" + "zy")
    except ValueError:
        line = dict(tell_error(None, "error", foreign(traceback.format_exc(), name="daphne")))
        del line["_record"]
    assert line["event"] == "Traceback (most recent call last):"
    assert str(line["exception"]).endswith("ValueError")
    assert "xyzzy" not in repr(line)


@pytest.mark.parametrize("arguments", [("xyzzy",), ("xyzzy", "plugh", "xyzzy"), ({"key": "xyzzy"},)])
def test_a_line_that_does_not_fit_its_arguments_is_told_as_it_stands(arguments: tuple[object, ...]) -> None:
    assert foreign("It has %d of %s", *arguments)["event"] == "It has %d of %s"


def test_what_happens_often_is_told_at_once_and_then_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    tally = Tally("counted", clock=lambda: now)
    with caplog.at_level(logging.INFO):
        tally.add(events=2)
        now = EVERY / 2
        tally.add(events=3)
        tally.add(events=1)
        now = 2 * EVERY
        tally.add(events=1)
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(each["seconds"], each["events"]) for each in told] == [(0, 2), (120, 5)]


async def test_what_runs_in_the_background_is_nobodys() -> None:
    seen: list[dict[str, object]] = []

    async def look() -> None:
        seen.append(get_contextvars())

    bind_contextvars(person=7)
    try:
        await Background().run(look())
        await asyncio.create_task(look())
    finally:
        clear_contextvars()
    assert seen == [{}, {"person": 7}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "proxies", "is_taken"),
    [
        ("0123456789abcdef", 1, True),
        ("0123456789abcdef", 0, False),
        ("short", 1, False),
        ("x" * 65, 1, False),
        ("<script>alert(1)</script>", 1, False),
        ("12345678\n9", 1, False),
    ],
)
def test_a_request_is_called_as_the_proxy_calls_it_where_it_is_believed(
    client: Client, settings: object, given: str, proxies: int, is_taken: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies  # type: ignore[attr-defined]
    answer = client.get("/account/login/", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is is_taken
    assert len(answer["X-Request-ID"]) >= 16
    assert get_contextvars() == {}
