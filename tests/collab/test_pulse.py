"""A worker's pulse, by Redis' own clock; and which code is which."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command

from collab import pulse, version
from collab.embedded.environment import PROJECT
from collab.tasks import note_pulse


def test_a_pulse_is_remembered_with_its_age() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert pulse.last(client) is None
        note_pulse()
        last = pulse.last(client)
        assert last is not None
        assert 0 <= last.age < pulse.LATE
        assert last.code == version.CODE
        client.expire(pulse._KEY, pulse._KEPT - 60)
        aged = pulse.last(client)
        assert aged is not None
        assert 59 < aged.age < 90


def test_one_that_came_before_is_not_waited_for() -> None:
    note_pulse()
    assert not pulse.comes(0.3)
    late = threading.Timer(0.3, note_pulse)
    late.start()
    assert pulse.comes(10)
    late.join()


def test_where_none_comes_the_command_says_what_does_not_run() -> None:
    with pytest.raises(CommandError, match="no pulse came within 0 s"):
        call_command("pulse", "--within=0")


def test_beat_has_it_noted_well_before_it_is_late() -> None:
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    assert schedule["collab.tasks.note_pulse"]["schedule"] * 3 < pulse.LATE


def test_the_same_code_has_the_same_name_wherever_it_lies(tmp_path: Path) -> None:
    for package in ("accounts", "collab", "rooms", "templates"):
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert version.of_code(tmp_path) == version.CODE
    (tmp_path / "templates" / "404.html").write_text("another page")
    assert version.of_code(tmp_path) != version.CODE
