"""Bringing a site back from a backup."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pyrage.x25519 import Identity

from . import address, dump, manifest, media, parts
from .errors import BackupError
from .making import DATABASE, MEDIA, SECRET_KEY
from .manifest import Manifest
from .places import Place
from .progress import Progress
from .scratch import scratch
from .site import Site

#: Seconds that a connection which was closed may still be told of, and from one look to the next.
GONE_WITHIN = 2.0
LOOK_AGAIN = 0.1

OTHERS = """
SELECT coalesce(nullif(application_name, ''), usename) || coalesce(' from ' || host(client_addr), '')
FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Opened:
    """A backup that was checked: its files lie here, opened."""

    manifest: Manifest
    database: Path
    media: Path
    secret_key: Path | None


def opened(place: Place, backup: str, folder: Path, key: Identity | None, progress: Progress) -> Opened:
    """Bring all parts here and hold them against the manifest. Raises BackupError: nothing was touched."""
    told = place.manifest(backup)
    manifest.check_migrations(told.migrations)
    for name in (DATABASE, MEDIA):
        if told.part(name) is None:
            raise BackupError(f"the manifest of {place.address(backup)} names no {name}. Use another backup.")
    if key is not None and not all(part.name.endswith(parts.SEALED) for part in told.parts):
        raise BackupError(
            f"there is a key, and {place.address(backup)} is not sealed: it may be somebody else's. Where it is yours, "
            "leave the key out: BACKUP_KEY= BACKUP_KEY_FILE= before the command."
        )
    fetched = {part.name: parts.fetch(place, backup, part, folder, progress) for part in told.parts}
    files = {path.name: path for path in (parts.open_sealed(path, key) for path in fetched.values())}
    dump.check(files[DATABASE])
    return Opened(told, files[DATABASE], files[MEDIA], files.get(SECRET_KEY))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How it is to be restored."""

    key: Identity | None
    #: Whether what is in the database may go.
    replace: bool
    #: Asks a person, in words; whether they agree.
    ask: Callable[[str], bool]
    #: Whether the site's secret key is the one that is kept in its folder.
    owns_secret_key: bool


def restore(site: Site, place: Place, backup: str, wish: Wish, progress: Progress) -> None:
    """Put the backup in the place of what is there.

    Raises:
        OSError, BackupError: nothing is changed.
    """
    server, people = _look(site)
    if people and not wish.replace:
        raise BackupError(f"there is a site in this database, with {people} people. To replace it say --replace.")
    with scratch(site.var) as folder:
        found = opened(place, backup, folder, wish.key, progress)
        if people and not wish.ask(
            f"This replaces the site in the database ({people} people) by that of "
            f"{found.manifest.made_at:%Y-%m-%d %H:%M} UTC. What was written since is lost."
        ):
            raise BackupError("nothing was changed: you did not agree.")
        # It took its time: somebody may have started it meanwhile. Whoever comes from here on is cut off at the end.
        _look(site)
        (folder / "media").mkdir()
        media.unpack(found.media, folder / "media")
        back = media.Return(folder / "media", site.media)
        try:
            back.bring()
            progress.say("Restoring the database.")
            dump.replace(found.database, found.manifest.rooms, server)
        except BaseException:
            back.undo()
            raise
        back.settle()
        _return_key(site, found.secret_key, wish.owns_secret_key, progress)


def _look(site: Site) -> tuple[int, int]:
    """The server's major version, and how many people there are. Raises BackupError where the site runs."""
    with address.connect(address.parameters()) as connection:
        others = _others(connection)
        if others:
            raise BackupError(
                f"the site runs, or somebody else uses its database ({len(others)} connections: {others[0]}). "
                "Stop all nodes, workers and beat first."
            )
        row = connection.execute("SELECT to_regclass('accounts_user') IS NOT NULL").fetchone()
        has_people = row is not None and row[0]
        row = connection.execute("SELECT count(*) FROM accounts_user").fetchone() if has_people else (0,)
        assert row is not None
        return connection.info.server_version // 10_000, row[0]


def _others(connection: psycopg.Connection[Any]) -> list[str]:
    """Who else is connected, and stays: PostgreSQL takes a moment to note that somebody has gone."""
    end = time.monotonic() + GONE_WITHIN
    while others := [who for (who,) in connection.execute(OTHERS)]:
        # Within a transaction it would say the same for ever.
        connection.rollback()
        if time.monotonic() > end:
            break
        time.sleep(LOOK_AGAIN)
    return others


def _return_key(site: Site, key: Path | None, owns_it: bool, progress: Progress) -> None:
    if key is None or (site.secret_key.exists() and site.secret_key.read_bytes() == key.read_bytes()):
        return
    if not owns_it:
        progress.say("SECRET_KEY is set, so that of the backup is left alone: where they differ, all are signed out.")
        return
    if site.secret_key.exists():
        site.secret_key.replace(site.secret_key.with_name("secret_key.before"))
    new = site.secret_key.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(key.read_bytes())
    new.replace(site.secret_key)
    progress.say(f"The secret key is that of the backup; one that was here is kept as {site.secret_key}.before.")
