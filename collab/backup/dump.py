"""The database, out of its dump."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import IO

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
CREATE TEMPORARY TABLE expected (id bigint, head bigint, first bigint, entries bigint, checksum text) ON COMMIT DROP;
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
$CUT_OTHERS;
ANALYZE;
"""


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
        try:
            _script(dump, rooms, writing.stdin, with_all=server >= tools.KNOWS_ALL)
            writing.stdin.close()
        except BaseException as error:
            # Killed before it is told to commit: the server undoes it all.
            writing.kill()
            writing.wait()
            if not isinstance(error, BrokenPipeError):
                raise
        if writing.wait():
            told.seek(0)
            raise BackupError(f"nothing was changed: {tools.trouble(told.read().decode(errors='replace'))}.")


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
    end = Template(CHECKED).substitute(
        ROWS=as_rows(rooms), MARKS=MARKS, BEGIN_ANOTHER=BEGIN_ANOTHER, CUT_OTHERS=CUT_OTHERS
    )
    sink.write(end.encode())
