"""Where each line is drawn, for what no test can bring about on its own machine."""

import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collab import settings
from collab.backup.record import Last
from collab.doctor import (
    answers,
    celery_parts,
    clocks,
    folders,
    forwarded,
    machine,
    migrations,
    postgres,
    redis_server,
    sentinels,
)
from collab.doctor.finding import Finding, Level, redis_cli
from collab.doctor.mail import mail_secrecy
from collab.doctor.site import CONTAINER, Site, plain_url
from collab.doctor.variables import is_public

GB = 1024**3
SITE = Site(settings, {})
HERE = Path("/srv/collab/var")
MEND = redis_cli("PING")
MASTER = {"ip": "10.0.0.1", "port": 6379, "num-slaves": 1, "down-after-milliseconds": 3000}
SLOW = MASTER | {"down-after-milliseconds": 30_000}


def backed_up(hours: float, *, is_sealed: bool = False, site: Site = SITE, **tried: float) -> Finding:
    """So many hours ago, and tried so many hours ago."""
    now = datetime.now(UTC)
    moments = {f"{how}_at": now - timedelta(hours=before) for how, before in tried.items()}
    return folders.judge_backup(site, Last(now - timedelta(hours=hours), "/x", "", **moments), now, is_sealed=is_sealed)


@pytest.mark.parametrize(
    ("finding", "level"),
    [
        (machine.judge_disk(50 * GB, 100 * GB, HERE), Level.FINE),
        (machine.judge_disk(5 * GB, 100 * GB, HERE), Level.TO_DO),
        (machine.judge_disk(1 * GB, 100 * GB, HERE), Level.WRONG),
        (machine.judge_disk(GB // 4, GB, HERE), Level.WRONG),
        (machine.judge_inodes(0, 0, HERE), Level.FINE),
        (machine.judge_inodes(900, 1000, HERE), Level.FINE),
        (machine.judge_inodes(5, 1000, HERE), Level.WRONG),
        (machine.judge_files({}, 1024), Level.WRONG),
        (machine.judge_files({}, resource.RLIM_INFINITY), Level.FINE),
        (machine.judge_files({"a:1": 65536, "b:2": 1024}, 65536), Level.WRONG),
        (machine.judge_backlog(4096), Level.FINE),
        (machine.judge_backlog(128), Level.TO_DO),
        (machine.judge_memory(4 * GB, 8 * GB), Level.FINE),
        (machine.judge_memory(GB // 8, 8 * GB), Level.TO_DO),
        (machine.judge_memory(GB // 32, 8 * GB), Level.WRONG),
        (postgres.judge_version("15.4", 150004), Level.WRONG),
        (postgres.judge_version("16.0", 160000), Level.FINE),
        (postgres.judge_connections(100, 3, 1, 20), Level.FINE),
        (postgres.judge_connections(100, 3, 5, 20), Level.WRONG),
        (redis_server.judge_version("6.0.16", is_valkey=False), Level.WRONG),
        (redis_server.judge_version("6.2.0", is_valkey=False), Level.FINE),
        (redis_server.judge_version("10.1", is_valkey=False), Level.FINE),
        (redis_server.judge_memory(90, 0, MEND), Level.FINE),
        (redis_server.judge_memory(90, 100, MEND), Level.WRONG),
        (celery_parts.judge_queue(SITE, 10), Level.FINE),
        (celery_parts.judge_queue(SITE, 500), Level.TO_DO),
        (celery_parts.judge_queue(SITE, 5000), Level.WRONG),
        (migrations.judge_deliveries(SITE, (0, 0)), Level.FINE),
        (migrations.judge_deliveries(SITE, (3, 0)), Level.TO_DO),
        (migrations.judge_deliveries(SITE, (0, 3)), Level.TO_DO),
        (clocks.judge_clocks({"a": 1.9, "b": -1.9}), Level.FINE),
        (clocks.judge_clocks({"a": 0.0, "b": 2.1}), Level.WRONG),
        (backed_up(3), Level.TO_DO),
        (backed_up(3, verified=40 * 24), Level.TO_DO),
        (backed_up(3, verified=3 * 24), Level.FINE),
        (backed_up(3, verified=3 * 24, failed=2), Level.WRONG),
        (backed_up(3, failed=40 * 24), Level.WRONG),
        (backed_up(3, verified=2, failed=30), Level.FINE),
        # Where the key that opens it is elsewhere nobody here can ever verify it.
        (backed_up(3, is_sealed=True), Level.FINE),
        (backed_up(3, verified=40 * 24, is_sealed=True), Level.FINE),
        (backed_up(3, failed=2, is_sealed=True), Level.WRONG),
        (backed_up(3, failed=30, is_sealed=True), Level.FINE),
        (backed_up(30, is_sealed=True), Level.TO_DO),
        (sentinels.judge_sentinels("m", {"a": MASTER, "b": MASTER, "c": MASTER}), Level.FINE),
        (sentinels.judge_sentinels("m", {"a": MASTER, "b": MASTER, "c": None}), Level.TO_DO),
        (sentinels.judge_sentinels("m", {"a": MASTER, "b": MASTER, "c": MASTER | {"ip": "10.0.0.2"}}), Level.WRONG),
        (sentinels.judge_sentinels("m", {"a": None}), Level.WRONG),
        (sentinels.judge_sentinels("m", {"a": MASTER, "b": MASTER}), Level.TO_DO),
        (sentinels.judge_sentinels("m", dict.fromkeys("abc", MASTER | {"num-slaves": 0})), Level.TO_DO),
        (
            sentinels.judge_sentinels("m", dict.fromkeys("abc", MASTER | {"down-after-milliseconds": 30000})),
            Level.TO_DO,
        ),
    ],
)
def test_each_line_is_drawn_where_it_is_said_to_be(finding: Finding, level: Level) -> None:
    assert finding.level is level, finding
    assert finding.says


def test_a_redis_that_is_nearly_full_gets_more_room_than_it_has() -> None:
    mb = redis_server.MB
    assert redis_server.roomier(450 * mb, 512 * mb) == 1024
    assert redis_server.roomier(2 * mb, 1 * mb) == 256
    # A bound that was lowered while more was in it.
    assert redis_server.roomier(300 * mb, 100 * mb) == 600


def test_an_old_postgresql_is_upgraded_into_the_place_of_the_empty_one_that_the_package_makes() -> None:
    [mend] = postgres.judge_version("15.4", 150004).mends
    commands = [line.split("#")[0].strip() for line in mend.lines]
    assert commands[-3:] == [
        "apt install -y postgresql-17",
        "pg_dropcluster --stop 17 main",
        "pg_upgradecluster -v 17 15 main",
    ]
    assert any("pgdg" in line for line in commands[:-3]), "Debian 12 has no such package of its own"


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("chat.example.org", True),
        ("8.8.8.8", True),
        ("localhost", False),
        ("chat", False),
        ("chat.lan", False),
        ("10.0.0.7", False),
        ("::1", False),
    ],
)
def test_a_public_name_is_told_from_a_private_one(host: str, public: bool) -> None:
    assert is_public(host) is public


def test_plain_http_is_asked_for_where_browsers_do() -> None:
    assert plain_url("https://chat.example.org") == "http://chat.example.org"
    assert plain_url("https://chat.example.org:8443") is None
    assert plain_url("http://chat.lan") is None


def seen(**told: Any) -> answers.Seen:
    return answers.Seen({"peer": ["127.0.0.1", 9], "trusted_proxies": 1, "forwarded_for": [], **told}, ("10.0.0.5", 7))


def test_a_proxy_that_adds_to_what_a_client_makes_up_is_told_from_one_that_passes_it_on() -> None:
    """TRUSTED_PROXIES=2 behind one proxy that adds: the forged address is believed, and the right number is one."""
    plain = seen(trusted_proxies=2, forwarded_for=["10.0.0.5"], client=None)
    forged = seen(trusted_proxies=2, forwarded_for=[answers.NOBODY, "10.0.0.5"], client=answers.NOBODY)
    found = forwarded.judge_forwarded_for(plain, forged)
    assert (found.level, found.mends[0].lines) == (Level.WRONG, ("TRUSTED_PROXIES=1",))


def test_without_a_proxy_none_is_to_be_trusted() -> None:
    direct = {"peer": ["10.0.0.5", 7], "client": "10.0.0.5"}
    forged = seen(**direct | {"client": answers.NOBODY}, forwarded_for=[answers.NOBODY])
    found = forwarded.judge_forwarded_for(seen(**direct), forged)
    assert (found.level, found.mends[0].lines) == (Level.WRONG, ("TRUSTED_PROXIES=0",))
    sound = {**direct, "trusted_proxies": 0}
    assert forwarded.judge_forwarded_for(seen(**sound), seen(**sound)).level is Level.FINE


def test_mails_for_a_far_server_are_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.collab.doctor.living import settings_of

    sound = {"SECRET_KEY": "k" * 40, "DATABASE_URL": "postgres://u@h/n", "REDIS_URL": "redis://h"}

    def found(url: str) -> Finding:
        return mail_secrecy(Site(settings_of({**sound, "EMAIL_URL": url}), {}))

    assert found("smtp://me:pass@mail.example.org").level is Level.WRONG
    assert found("submission://me:pass@mail.example.org:587").level is Level.FINE
    assert found("smtp://mail.lan").level is Level.FINE


def test_in_a_container_nothing_is_asked_of_the_folder_and_backups_are_made_outside() -> None:
    site = Site(settings, {CONTAINER: "1"})
    assert folders.data_folder(site).level is Level.FINE
    lines = "\n".join(line for mend in backed_up(100, site=site).mends for line in mend.lines)
    assert "docker compose --file deploy/compose.yaml run --rm --no-deps backup backup\n" in lines
    assert "--from=cronjob/backup" in lines
