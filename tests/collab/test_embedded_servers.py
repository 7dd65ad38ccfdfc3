"""The embedded servers: what their addresses look like, and who may come near."""

import os
import stat
from pathlib import Path

import django.db
import pytest
import redis

from collab.embedded.account import let_through, own_folder, servers_user
from collab.embedded.errors import CannotStart
from collab.embedded.postgres import Postgres
from collab.embedded.server import socket_folder
from collab.embedded.valkey import Valkey

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give power away")


def test_a_long_path_puts_the_socket_elsewhere(tmp_path: Path) -> None:
    short = Path("/srv/collab/var/postgres")
    long = Path("/srv") / ("x" * 100)
    assert socket_folder(short) == short
    assert len(os.fsencode(socket_folder(long) / ".s.PGSQL.5432.lock")) <= 107
    assert socket_folder(long) == socket_folder(long)
    assert socket_folder(long) != socket_folder(long / "other")


def test_an_odd_path_survives_in_the_address() -> None:
    assert Postgres(Path("/srv/a b/pg")).url == "postgresql://postgres@%2Fsrv%2Fa%20b%2Fpg/collab"
    assert (
        redis.Redis.from_url(Valkey(Path("/srv/a b/v")).url).get_connection_kwargs()["path"] == "/srv/a b/v/valkey.sock"
    )


def test_postgresql_is_the_one_the_site_is_made_for(db: None) -> None:
    with django.db.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('listen_addresses')")
        version, listening = cursor.fetchone()
    assert version >= 180000
    assert listening == ""


@needs_root
def test_the_servers_folder_is_theirs_alone(tmp_path: Path) -> None:
    user = servers_user()
    assert user is not None
    own_folder(tmp_path / "server")
    status = (tmp_path / "server").stat()
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (user.pw_uid, 0o700)


@needs_root
def test_a_closed_folder_of_roots_is_opened_to_the_servers_group_alone(tmp_path: Path) -> None:
    user = servers_user()
    assert user is not None
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    let_through(closed, user)

    status = closed.stat()
    assert (status.st_gid, stat.S_IMODE(status.st_mode)) == (user.pw_gid, 0o710)


@needs_root
def test_a_closed_folder_of_another_group_is_left_alone(tmp_path: Path) -> None:
    user = servers_user()
    assert user is not None
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o750)

    with pytest.raises(CannotStart, match=r"chmod o\+x"):
        let_through(closed, user)
