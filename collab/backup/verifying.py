"""Proving a backup: it is brought up beside the site, on a PostgreSQL of its own, and held against its manifest."""

import hashlib
import tarfile
from pathlib import Path

import psycopg
from pyrage.x25519 import Identity

from collab.embedded.errors import CannotStart
from collab.embedded.once import running
from collab.embedded.postgres import DATABASE as ITS_DATABASE
from collab.embedded.postgres import USER, Postgres

from . import dump, manifest, marks, record, snapshot
from .errors import BackupError
from .places import Place
from .progress import Progress
from .restoring import Opened, opened
from .scratch import scratch
from .site import Site

#: Who loads a dump, and owns what comes of it.
NOBODY = "collab_nobody"
AS_NOBODY = f"CREATE ROLE {NOBODY} LOGIN NOSUPERUSER; ALTER SCHEMA public OWNER TO {NOBODY}"
#: What is proven may be lost with the machine.
FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": "10"}


def verify(site: Site, place: Place, backup: str, key: Identity | None, progress: Progress) -> list[str]:
    """What differs, in words; nothing where the backup is as good as the site was.

    Raises:
        OSError, BackupError: it cannot be brought up at all.
    """
    with scratch(site.var) as folder:
        try:
            differing = _try(site, place, backup, folder, key, progress)
        except (OSError, BackupError):
            record.failed(site.var, place.address(backup))
            raise
        note = record.failed if differing else record.verified
        note(site.var, place.address(backup))
    return differing


def _try(site: Site, place: Place, backup: str, folder: Path, key: Identity | None, progress: Progress) -> list[str]:
    _check_ours(site, place, backup)
    found = opened(place, backup, folder, key, progress)
    progress.say("Bringing it up beside the site.")
    try:
        with running(Postgres(folder / "postgres", **FAST)) as server:
            assert isinstance(server, Postgres)
            differing = _compare(found, {"host": str(server.sockets), "user": USER, "dbname": ITS_DATABASE})
    except CannotStart as error:
        raise BackupError(f"it could not be brought up: {error}") from error
    except psycopg.Error as error:
        raise BackupError(f"it could not be looked through: {' '.join(str(error).split())}") from error
    if not differing:
        progress.say(f"{len(found.manifest.rooms)} rooms: heads, logs without gaps and checksums are as they were.")
    return differing


def _check_ours(site: Site, place: Place, backup: str) -> None:
    """The last backup that was made here is still the one that was made. Raises BackupError where it is another."""
    last = record.last(site.var)
    if last is None or last.to != place.address(backup):
        return
    with place.reading(backup, manifest.NAME) as file:
        if last.manifest and hashlib.sha256(file.read()).hexdigest() != last.manifest:
            raise BackupError(f"{last.to} was changed after it was made. Find out by whom, and make another.")


def _compare(found: Opened, to: dict[str, str]) -> list[str]:
    with psycopg.connect(**to, autocommit=True) as connection:  # type: ignore[arg-type]
        # What is in a dump is run: by somebody who may not reach beyond the database.
        connection.execute(AS_NOBODY)
    dump.load(found.database, {**to, "user": NOBODY})
    with psycopg.connect(**to) as connection:  # type: ignore[arg-type]
        differing = marks.differences(found.manifest.rooms, marks.read(connection))
        named = snapshot.named_files(connection)
    with tarfile.open(found.media) as archive:
        lost = named.difference(archive.getnames(), found.manifest.missing)
    return differing + [f"the file {name} is named by a row and not in the backup" for name in sorted(lost)]
