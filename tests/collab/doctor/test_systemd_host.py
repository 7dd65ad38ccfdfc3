"""On a host of deploy/systemd the doctor prints lines that work there, where deploy/manage alone knows the settings."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collab import settings
from collab.backup.record import Last
from collab.doctor import celery_parts, folders, migrations
from collab.doctor.finding import Finding, Where
from collab.doctor.site import MANAGER, UNITS, Site
from collab.embedded.environment import PROJECT
from tests.collab.running import environment

MANAGE = "/srv/collab/current/deploy/manage"
SITE = Site(settings, {MANAGER: MANAGE})
NIGHTLY = ("systemctl enable --now collab-backup.timer", "systemctl start collab-backup")

#: Runs what it is told to, here and now, in the folder and with the variables that it is told of.
SYSTEMD_RUN = """#!/bin/sh
while :; do
  case "$1" in
    -p) case "$2" in WorkingDirectory=*) cd "${2#*=}" ;; esac; shift 2 ;;
    --setenv=*) export "${1#--setenv=}"; shift ;;
    --*) shift ;;
    *) break ;;
  esac
done
exec "$@"
"""


def backed_up(hours: int, **tried: datetime) -> Finding:
    now = datetime.now(UTC)
    return folders.judge_backup(SITE, Last(now - timedelta(hours=hours), "/x", "", **tried), now)


@pytest.mark.parametrize(
    ("finding", "lines"),
    [
        (migrations.judge_migrations(SITE, ["rooms.0009"], []), (f"{MANAGE} migrate",)),
        (migrations.judge_deliveries(SITE, (0, 3)), ("systemctl enable --now collab-worker",)),
        (celery_parts.judge_queue(SITE, 500), ("systemctl enable --now collab-worker",)),
        (backed_up(3), (f"{MANAGE} backup --verify",)),
        (backed_up(3, failed_at=datetime.now(UTC)), NIGHTLY),
        (backed_up(30), NIGHTLY),
        (backed_up(24 * 9), NIGHTLY),
    ],
)
def test_its_lines_are_those_of_the_host(finding: Finding, lines: tuple[str, ...]) -> None:
    [mend] = finding.mends
    assert (mend.where, mend.lines) == (Where.SHELL, lines)


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("node --host 127.0.0.1 --port 8000", "collab-node@8001 collab-node@8002"),
        ("worker", "collab-worker"),
        ("beat", "collab-beat"),
        ("canary", "collab-canary"),
    ],
)
def test_what_is_to_be_kept_running_is_a_unit_there(words: str, units: str) -> None:
    assert SITE.keep_running(words).lines == (f"systemctl enable --now {units}",)
    elsewhere = Site(settings, {}).keep_running(words)
    assert elsewhere.where is Where.SERVICE
    assert elsewhere.lines[0].endswith(f"manage.py {words}")


def test_each_unit_is_one_of_deploy_systemd_and_runs_its_command() -> None:
    for command, units in UNITS.items():
        for unit in units.split():
            name, instance, _ = unit.partition("@")
            file = PROJECT / "deploy" / "systemd" / f"{name}{instance}.service"
            assert f" manage.py {command}" in file.read_text()


@pytest.mark.parametrize("before", [{}, {"MANAGE_USER": "chat"}])
def test_deploy_manage_tells_the_command_how_it_was_called(tmp_path: Path, before: dict[str, str]) -> None:
    (tmp_path / "current").symlink_to(PROJECT)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "systemd-run").write_text(SYSTEMD_RUN)
    (tmp_path / "bin" / "systemd-run").chmod(0o755)
    manage = tmp_path / "current" / "deploy" / "manage"
    done = subprocess.run(
        [manage, "doctor", "--json", "--only", "backup", "--only", "static"],
        env=environment(VAR_DIR=str(tmp_path / "var"), PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}", **before),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    told = {check["name"]: check["mends"][0]["lines"] for check in json.loads(done.stdout)["checks"]}
    called = "".join(f"{name}={value} " for name, value in before.items()) + str(manage)
    assert told == {"backup": list(NIGHTLY), "static": [f"{called} collectstatic --no-input"]}
