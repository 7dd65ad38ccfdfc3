"""The commands beside a site that was started by `up`, and after it was stopped."""

import contextlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from collab.embedded.once import running
from collab.embedded.postgres import DATABASE, USER, Postgres
from tests.collab.running import PROJECT, RunningSite, environment, free_port


@pytest.fixture
def var() -> Iterator[Path]:
    """Not in pytest's own folder: each run of pytest closes that to the user of the site's PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="collab-backup-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder, "var")


def manage(var: Path, port: int, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT,
        env=environment(VAR_DIR=str(var), PORT=str(port)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.lab
def test_a_site_is_backed_up_while_it_runs_and_restored_once_it_is_stopped(var: Path) -> None:
    port = free_port()
    site = RunningSite(var, port)
    site.await_line("Ready")
    assert manage(var, port, "demo", "--messages", "30").returncode == 0
    made = manage(var, port, "backup", "--with-secret-key")
    assert made.returncode == 0, made.stderr
    assert "Verified" in manage(var, port, "backup", "--verify").stdout
    refused = manage(var, port, "restore", "--replace", "--yes")
    assert refused.returncode == 1
    assert "already running on" in refused.stderr
    assert "Stop that one first" in refused.stderr
    before = manage(var, port, "epoch").stdout
    assert site.stop() == 0

    restored = manage(var, port, "restore", "--replace", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert manage(var, port, "epoch").stdout not in {before, ""}
    # Another machine, where nothing is yet.
    elsewhere = var.with_name("elsewhere")
    assert manage(elsewhere, port, "restore", str(var / "backups")).returncode == 0
    assert (elsewhere / "secret_key").read_text() == (var / "secret_key").read_text()
    again = manage(elsewhere, port, "demo", "--messages", "30").stdout
    assert "is there already" in again


#: The end of the script, in which the transaction is committed, is never written.
KILLED = """
import os, signal, django
from collab.embedded.environment import complete
os.environ["DJANGO_SETTINGS_MODULE"] = "collab.settings"
complete(os.environ, starting=True)
django.setup()
from collab.backup import dump
from django.core.management import call_command
dump.as_rows = lambda rooms: os.kill(os.getpid(), signal.SIGKILL)
call_command("restore", "--replace", "--yes")
"""


def in_its_database(var: Path, statement: str) -> int:
    """How many rows it changes or finds; the site is stopped."""
    with running(Postgres(var / "postgres")) as postgres:
        here = f"postgresql://{USER}@/{DATABASE}?host={postgres.sockets}"
        with psycopg.connect(here, autocommit=True) as connection:
            return connection.execute(statement).rowcount


def await_end(record: Path) -> None:
    """Its PostgreSQL ends by itself with whoever started it, in a moment."""
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        psutil.Process(int(record.read_text().split()[0])).wait(30)


@pytest.mark.lab
def test_a_restore_that_is_killed_while_it_writes_leaves_what_was_there(var: Path) -> None:
    port = free_port()
    assert manage(var, port, "demo", "--messages", "30").returncode == 0
    assert manage(var, port, "backup").returncode == 0
    rooms = in_its_database(var, "UPDATE rooms_room SET topic = 'later'")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=PROJECT,
        env=environment(VAR_DIR=str(var), PORT=str(port)),
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    await_end(var / "postgres" / "data" / "postmaster.pid")
    assert in_its_database(var, "SELECT FROM rooms_room WHERE topic = 'later'") == rooms > 0
    again = manage(var, port, "restore", "--replace", "--yes")
    assert again.returncode == 0, again.stderr
    assert in_its_database(var, "SELECT FROM rooms_room WHERE topic = 'later'") == 0
