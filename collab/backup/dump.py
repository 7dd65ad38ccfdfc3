"""The database, out of its dump."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import IO

import psycopg

from rooms.epoch import BEGIN_ANOTHER, CUT_OTHERS

from . import address, tools
from .errors import BackupError
from .manifest import RoomMark
from .marks import MARKS, as_rows

#: Whoever restores owns what is restored, whatever it was called where it comes from.
PLAIN = ("--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces")

EMPTIED = """
BEGIN;
SET lock_timeout = '30s';
DO $$ DECLARE place text; BEGIN
    FOR place IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || place || ' CASCADE';
    END LOOP;
END $$;
"""

CHECKED = """
RESET search_path;
CREATE TEMPORARY TABLE expected (id bigint, head bigint, first bigint, entries bigint, checksum text, messages bigint,
    said text) ON COMMIT DROP;
COPY expected FROM stdin;
$ROWS\\.
DO $$$$ DECLARE differing text; BEGIN
    WITH found AS ($MARKS)
    SELECT string_agg(DISTINCT id::text, ', ') INTO differing FROM (
        (SELECT * FROM found EXCEPT SELECT * FROM expected) UNION (SELECT * FROM expected EXCEPT SELECT * FROM found)
    ) AS differences;
    IF differing IS NOT NULL THEN RAISE EXCEPTION 'the rooms % are not as they were backed up', differing; END IF;
END $$$$;
-- Sessions that ended since must not live again.
DELETE FROM usersessions_usersession;
DELETE FROM django_session;
$BEGIN_ANOTHER;
COMMIT;
"""
EPOCH = "SELECT name::text FROM rooms_epoch"


def check(dump: Path) -> None:
    """Raises BackupError where it cannot be read."""
    command = [tools.program("pg_restore"), "--list", str(dump)]
    tools.run(command, address.environment({}), "the database in the backup cannot be read", to=subprocess.DEVNULL)


def load(dump: Path, to: dict[str, str]) -> None:
    """Put it into an empty database. Raises BackupError."""
    command = [tools.program("pg_restore"), "--exit-on-error", *PLAIN, "--no-password"]
    command += [f"--dbname={address.conninfo(to)}", str(dump)]
    tools.run(command, address.environment(to), "the database could not be restored", to=subprocess.DEVNULL)


def replace(dump: Path, rooms: Sequence[RoomMark], server: int) -> None:
    """Put it in the place of all that is in the site's database, in one transaction: all of it, or nothing.

    In it the rooms are held against the manifest, and a new epoch begins. Whoever was connected is cut off after it.
    Where this process is told to end while it commits, it looks whether it did.

    Args:
        dump: as pg_dump wrote it.
        rooms: as they stood when it did.
        server: major version of the server.

    Raises:
        BackupError: nothing is changed.
    """
    to = address.parameters()
    command = [tools.program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    command += [f"--dbname={address.conninfo(to)}"]
    with tempfile.TemporaryFile() as told:
        writing = subprocess.Popen(
            command, env=address.environment(to), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told
        )
        assert writing.stdin is not None
        before = _epoch()
        try:
            _script(dump, rooms, writing.stdin, with_all=server >= tools.KNOWS_ALL)
            writing.stdin.close()
            writing.wait()
        except BaseException as error:
            writing.kill()
            writing.wait()
            if not isinstance(error, BrokenPipeError) and _epoch() in {before, ""}:
                raise
        if writing.returncode and _epoch() in {before, ""}:
            told.seek(0)
            raise BackupError(f"nothing was changed: {tools.trouble(told.read().decode(errors='replace'))}.")
    _cut_others()


def _epoch() -> str:
    """Which life of the data is in the database; empty where there is none."""
    with address.connect(address.parameters()) as connection:
        try:
            row = connection.execute(EPOCH).fetchone()
        except psycopg.errors.UndefinedTable:
            return ""
        return str(row[0]) if row else ""


def _cut_others() -> None:
    """It is restored whatever comes of this: who held on to what was is sent away, and PostgreSQL looks at what is."""
    with contextlib.suppress(psycopg.Error), address.connect(address.parameters()) as connection:
        connection.autocommit = True
        connection.execute(CUT_OTHERS)
        connection.execute("ANALYZE")


def _script(dump: Path, rooms: Sequence[RoomMark], sink: IO[bytes], *, with_all: bool) -> None:
    sink.write(EMPTIED.encode())
    with tempfile.TemporaryFile() as told:
        reading = subprocess.Popen(
            [tools.program("pg_restore"), *PLAIN, "--file=-", str(dump)], stdout=subprocess.PIPE, stderr=told
        )
        assert reading.stdout is not None
        with reading.stdout as script:
            head = script.read(4096)
            sink.write(head if with_all else head.replace(tools.TOO_NEW, b""))
            shutil.copyfileobj(script, sink)
        if reading.wait():
            told.seek(0)
            raise BackupError(f"nothing was changed: {tools.trouble(told.read().decode(errors='replace'))}.")
    end = Template(CHECKED).substitute(ROWS=as_rows(rooms), MARKS=MARKS, BEGIN_ANOTHER=BEGIN_ANOTHER)
    sink.write(end.encode())
