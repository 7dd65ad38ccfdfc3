"""The command itself: what it is told, what it prints, and that nothing keeps it from ending."""

import json
import os
import subprocess
import sys
import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from collab import settings
from collab.doctor import report
from collab.doctor.bad_settings import instead
from collab.doctor.examination import CHECKS, examine
from collab.doctor.finding import Finding, Level, fine, wrong
from collab.doctor.registry import Check, Look
from collab.doctor.site import Site
from collab.embedded.environment import PROJECT
from tests.collab.running import environment


def doctor(*words: str, **variables: str) -> tuple[int, str]:
    """The command in a process of its own, with these variables alone: its exit code and all that it wrote."""
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", *words],
        cwd=PROJECT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_bad_settings_are_findings_and_the_rest_is_looked_at(tmp_path: Any) -> None:
    code, said = doctor(
        "--json",
        VAR_DIR=str(tmp_path),
        SITE_URL="chat.example.org/",
        EXTRA_ORIGINS="https://chat.lan/, http://10.0.0.7:8000",
        DATABASE_URL="mysql://x",
        DATABASE_POOL_SIZE="many",
        SECRET_KEY="short",
    )
    told = {check["name"]: check for check in json.loads(said)["checks"]}
    assert code == 1
    assert told["settings"]["level"] == "wrong"
    for name in ("SITE_URL", "EXTRA_ORIGINS", "DATABASE_URL", "DATABASE_POOL_SIZE", "SECRET_KEY", "REDIS_URL"):
        assert f"{name}: " in told["settings"]["says"]
    lines = told["settings"]["mends"][0]["lines"]
    assert "SITE_URL=http://chat.example.org" in lines
    assert "EXTRA_ORIGINS=https://chat.lan,http://10.0.0.7:8000" in lines
    assert told["database"]["level"] == told["public-address"]["level"] == "unknown"
    assert told["debug"]["level"] == told["disk"]["level"] == "fine"


def test_where_nothing_is_said_make_up_is_the_line(tmp_path: Any) -> None:
    code, said = doctor("--only", "settings", VAR_DIR=str(tmp_path))
    assert code == 1
    assert "make up" in said


def test_the_lines_for_bad_settings_are_settings_that_will_do(tmp_path: Any) -> None:
    bad = {"SITE_URL": "https://chat.lan/", "EXTRA_ORIGINS": "chat.lan", "LOG_LEVEL": "loud", "DEBUG": "perhaps"}
    sound = {
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": "postgres://u@h/n",
        "REDIS_URL": "redis://h",
        "VAR_DIR": str(tmp_path),
    }
    _, said = doctor("--json", "--only", "settings", **sound, **bad)
    [settings_told] = json.loads(said)["checks"]
    mended = dict(line.split("=", 1) for line in settings_told["mends"][0]["lines"])
    assert mended.keys() == bad.keys()
    assert doctor("--only", "settings", **sound, **mended)[0] == 0


@pytest.mark.parametrize("said", ["", "://", "ftp://chat.lan", "http://[::1", "http://a b", "http://x:99999"])
def test_what_is_no_address_at_all_gets_an_example(said: str) -> None:
    line = instead("SITE_URL", said)
    assert line in {"SITE_URL=https://chat.example.org", "SITE_URL=http://a,http://b"}


def test_no_secret_is_printed(tmp_path: Any) -> None:
    hidden = {
        "SECRET_KEY": "key-key-key-that-nobody-should-ever-see-1",
        "DATABASE_URL": "postgres://me:db%40pass@127.0.0.1:1/x",
        "REDIS_URL": "redis+sentinel://:rd-pass@127.0.0.1:1/m/0?sentinel_password=st-pass",
        "EMAIL_URL": "smtp://me:ml-pass@127.0.0.1:1",
    }
    code, said = doctor(VAR_DIR=str(tmp_path), **hidden)
    assert code == 1
    for secret in (hidden["SECRET_KEY"], "db%40pass", "db@pass", "rd-pass", "st-pass", "ml-pass"):
        assert secret not in said


def test_what_others_say_of_an_error_is_masked() -> None:
    environ = {"REDIS_URL": "redis://me:hidden%21@h/0", "SECRET_KEY": "also-hidden"}
    assert report.without_secrets("no hidden! hidden%21 also-hidden", environ) == "no ••• ••• •••"


def test_a_check_that_is_none_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(CommandError, match="there is no check 'migration'; did you mean migrations"):
        call_command("doctor", "--only", "migration")
    with pytest.raises(CommandError, match="one that --list names"):
        call_command("doctor", "--only", "zzz")


@pytest.mark.parametrize("address", ["", "ada", "ada@", "a b@example.org"])
def test_an_address_that_is_none_gets_no_mail(address: str) -> None:
    with pytest.raises(CommandError, match="--mail must be an address"):
        call_command("doctor", "--only", "debug", "--mail", address)


def test_the_list_names_every_check_and_looks_at_nothing() -> None:
    out = StringIO()
    call_command("doctor", "--list", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == list(CHECKS)


def test_where_nothing_is_wrong_the_command_ends_well() -> None:
    out = StringIO()
    call_command("doctor", "--only", "debug", stdout=out)
    assert "fine     debug" in out.getvalue()


# --- checks that break -----------------------------------------------------------------------------


def check(name: str, look: Look) -> Check:
    return Check(name, "Odd", "", look, asks_nodes=False)


def broken(site: Site) -> Finding:
    raise ZeroDivisionError("by nobody")


def endless(site: Site) -> Finding:
    time.sleep(60)
    return fine("too late")


def test_a_check_that_breaks_or_hangs_stops_no_other() -> None:
    began = time.monotonic()
    checks = [check("broken", broken), check("endless", endless), check("good", lambda site: wrong("it is"))]
    results = {each.check.name: each.finding for each in examine(Site(settings, os.environ), checks, within=0.5)}
    assert time.monotonic() - began < 10
    assert {name: found.level for name, found in results.items()} == {
        "broken": Level.TO_DO,
        "endless": Level.TO_DO,
        "good": Level.WRONG,
    }
    assert "ZeroDivisionError: by nobody" in results["broken"].says


def test_what_several_checks_ask_is_asked_once_and_fails_for_all() -> None:
    site, asked = Site(settings, os.environ), []

    def ask(site: Site) -> None:
        asked.append(1)
        raise OSError("away")

    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            site.once(ask)
    assert asked == [1]
