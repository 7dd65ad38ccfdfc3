"""A site with talk and a picture, a place for its backups, and an empty database to restore them into."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from collab.backup import address

Run = Callable[..., str]
Go = Callable[[], psycopg.Connection[tuple[Any, ...]]]
# Another process of the run has one of its own.
EMPTY = f"backup_elsewhere_{os.getpid()}"


@pytest.fixture(autouse=True)
def var(settings: Settings, tmp_path: Path) -> Path:
    """The site's folder, with a secret key of its own."""
    # Each run of pytest closes its folder to the user of the embedded PostgreSQL.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o711)
    var = tmp_path / "var"
    (var / "media" / "avatars").mkdir(parents=True)
    (var / "secret_key").write_text(settings.SECRET_KEY)
    settings.VAR_DIR = var
    settings.MEDIA_ROOT = var / "media"
    settings.BACKUP_TO = str(tmp_path / "backups")
    return var


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Where they lie."""
    return tmp_path / "backups"


@pytest.fixture
def run() -> Run:
    """Runs a command; what it says."""

    def run(*words: str) -> str:
        said = io.StringIO()
        call_command(*words, stdout=said)
        return said.getvalue()

    return run


@pytest.fixture
def elsewhere(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Go]:
    """Go to another machine: the commands find an empty database and an empty folder there; a connection to look."""
    here = address.parameters()
    there = {**here, "dbname": EMPTY}
    with psycopg.connect(**here, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(f"DROP DATABASE IF EXISTS {EMPTY}")
        connection.execute(f"CREATE DATABASE {EMPTY}")

    def go() -> psycopg.Connection[tuple[Any, ...]]:
        monkeypatch.setattr(address, "parameters", lambda: there)
        settings.VAR_DIR = tmp_path / "elsewhere"
        settings.MEDIA_ROOT = settings.VAR_DIR / "media"
        return psycopg.connect(**there, autocommit=True)  # type: ignore[arg-type]

    yield go
    with psycopg.connect(**here, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")
