"""Faults that take more to plant than a line: another site, older code, a wrong clock, another encoding."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from collab.doctor.finding import Level, Where
from collab.embedded.environment import PROJECT
from tests.collab.doctor.living import LivingSite

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


class Stranger(BaseHTTPRequestHandler):
    """Answers everything with 200, as a page for parked names does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of a site that is not this one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_another_site_at_the_address_is_found_out(living: LivingSite, stranger: int) -> None:
    living.lines.put(Where.NGINX_LOCATION, [f"proxy_pass http://127.0.0.1:{stranger};"])
    amiss = living.amiss()
    assert {name: each.level for name, each in amiss.items()} == {"this-site": Level.WRONG}
    living.apply(amiss["this-site"].mends)
    living.await_fine("this-site")


def test_a_node_of_older_code_is_found_out(living: LivingSite, tmp_path: Path) -> None:
    """The code here was brought up to date, and the nodes were not started anew."""
    for package in ("accounts", "collab", "rooms", "templates"):
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "requirements.txt", tmp_path)
    assert living.findings("running-code", project=tmp_path)["running-code"].level is Level.FINE
    with (tmp_path / "rooms" / "text.py").open("a") as module:
        module.write("# Newer.\n")
    amiss = living.amiss(project=tmp_path)
    assert {name: each.level for name, each in amiss.items()} == {"running-code": Level.TO_DO}


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_clock_that_is_off_is_told(living: LivingSite, seconds: int) -> None:
    amiss = living.amiss(clock=lambda: time.time() + seconds)
    assert {name: each.level for name, each in amiss.items()} == {"clock": Level.WRONG}
    assert "90 s" in amiss["clock"].says
    assert ("behind" if seconds > 0 else "ahead") in amiss["clock"].says


def test_a_node_without_a_proxy_tells_no_date_and_is_not_blamed_for_it(living: LivingSite) -> None:
    living.environ["SITE_URL"] = f"http://127.0.0.1:{living.nodes['1']}"
    assert living.findings("clock")["clock"].says.startswith("agrees with the database's, Redis', a node's")


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not here")
def test_the_command_on_a_machine_with_a_wrong_clock_says_so(living: LivingSite) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json", "--only", "clock", "--only", "this-site"],
        cwd=PROJECT,
        env=living.environ | {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+60s"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1, done.stderr
    assert (told["clock"]["level"], told["this-site"]["level"]) == ("wrong", "fine")
    assert "timedatectl set-ntp true" in told["clock"]["mends"][0]["lines"]


@pytest.mark.parametrize(("hours", "level"), [(30, Level.TO_DO), (24 * 8, Level.WRONG)])
def test_an_old_backup_is_told(living: LivingSite, hours: int, level: Level) -> None:
    living.note_backup((datetime.now(UTC) - timedelta(hours=hours)).isoformat())
    try:
        assert {name: each.level for name, each in living.amiss().items()} == {"backup": level}
    finally:
        living.note_backup(datetime.now(UTC).isoformat())
    assert living.findings("backup")["backup"].level is Level.FINE


@pytest.mark.parametrize("noted", ["", "{}", "[]", '{"at": 7, "verified_at": null}', '{"at": "2026-01-01T00:00"}'])
def test_a_note_of_a_backup_that_says_nothing_is_told(living: LivingSite, noted: str) -> None:
    (living.var / "last_backup.json").write_text(noted)
    try:
        assert living.findings("backup")["backup"].level is Level.TO_DO
    finally:
        living.note_backup(datetime.now(UTC).isoformat())


def test_a_backup_that_failed_to_be_verified_is_told_until_another_is(living: LivingSite) -> None:
    at = datetime.now(UTC).isoformat()
    noted = {"at": at, "to": "/elsewhere", "verified_at": "2020-01-01T00:00:00Z", "failed_at": at}
    (living.var / "last_backup.json").write_text(json.dumps(noted))
    try:
        amiss = living.amiss()
        assert {name: each.level for name, each in amiss.items()} == {"backup": Level.WRONG}
        living.apply(amiss["backup"].mends)
        assert living.findings("backup")["backup"].level is Level.FINE
    finally:
        living.note_backup(datetime.now(UTC).isoformat())


def test_files_that_open_pages_ask_for_outlast_a_mend_of_the_static_files(living: LivingSite) -> None:
    root = living.var / "static" / "css"
    (root / "base.css").write_text("/* of last year */")
    of_before = root / "base.0123456789ab.css"
    of_before.write_text("/* of the release before */")
    found = living.findings("static")["static"]
    assert found.level is Level.WRONG
    living.apply(found.mends)
    assert living.findings("static")["static"].level is Level.FINE
    assert of_before.exists()


def test_a_database_of_another_encoding_is_told_and_its_line_makes_a_right_one(living: LivingSite) -> None:
    living.sql("CREATE DATABASE narrow ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    living.environ["DATABASE_URL"] = living.sound["DATABASE_URL"].replace("/collab", "/narrow")
    found = living.findings("database-encoding")["database-encoding"]
    assert found.level is Level.WRONG
    [in_psql, in_shell] = found.mends
    living.sql(*in_psql.lines)
    assert "pg_dump" in in_shell.lines[0]
    living.environ["DATABASE_URL"] += "_utf8"
    assert living.findings("database-encoding")["database-encoding"].level is Level.FINE


def test_a_queue_that_piles_up_is_told(living: LivingSite) -> None:
    living.environ["REDIS_URL"] = living.spare.url
    living.redis(*(f"LPUSH celery {' '.join(['x'] * 500)}" for _ in range(5)))
    try:
        assert living.findings("queue")["queue"].level is Level.WRONG
    finally:
        living.redis("DEL celery")
    assert living.findings("queue")["queue"].level is Level.FINE


def test_a_mail_to_try_is_handed_over(living: LivingSite) -> None:
    assert living.findings("mail", mail_to="host@example.org")["mail"].level is Level.FINE
    assert [to for to, _ in living.mails.received] == [["host@example.org"]]
