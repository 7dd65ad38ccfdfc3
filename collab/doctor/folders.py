"""Folders and files on this machine: who may write and read them, and when they were last copied elsewhere."""

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.utils import timezone

from collab.backup import keys, record
from collab.backup.errors import BackupError
from collab.doctor.finding import Finding, Mend, Unknown, Where, fine, shell, to_do, wrong
from collab.doctor.site import Site
from collab.doctor.static_files import subject

#: Hours after which a daily backup was missed, and days after which one must be looked into.
DAILY = timedelta(hours=26)
LATEST = timedelta(days=7)
VERIFY = timedelta(days=31)


@subject.check("data-folder")
def data_folder(site: Site) -> Finding:
    """The site can keep its data, and nobody else on this machine can look through them."""
    if site.in_container:
        return fine("is that of the container, which keeps nothing; pictures have a check of their own")
    return _judge_folder(site, site.settings.VAR_DIR)


@subject.check("media-folder")
def media_folder(site: Site) -> Finding:
    """Pictures can be stored, and nobody else on this machine can look through them."""
    if not site.settings.MEDIA_ROOT.exists():
        return fine("is made with the first picture")
    return _judge_folder(site, site.settings.MEDIA_ROOT)


def _judge_folder(site: Site, folder: Path) -> Finding:
    if not folder.is_dir():
        if site.starts_later:
            return fine(f"{folder} is made when the site starts")
        return wrong(f"{folder} is missing.", shell(f"mkdir -m 711 -p {folder}"))
    mode = folder.stat().st_mode
    if not os.access(folder, os.W_OK | os.X_OK):
        return wrong(f"The site may not write to {folder}.", shell(f"chown {_who()} {folder}", f"chmod u+rwx {folder}"))
    if mode & stat.S_IWOTH:
        return wrong(f"Everybody on this machine may write to {folder}.", shell(f"chmod o-rw {folder}"))
    if mode & stat.S_IROTH:
        return to_do(f"Everybody on this machine may look through {folder}.", shell(f"chmod o-r {folder}"))
    return fine(str(folder))


def _who() -> str:
    return str(os.geteuid())


@subject.check("secret-file")
def secret_file(site: Site) -> Finding:
    """The file with the secret key is for its owner alone."""
    path = site.settings.VAR_DIR / "secret_key"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise Unknown("there is none; SECRET_KEY is in the environment") from error
    if mode & 0o077:
        return wrong(
            f"Others on this machine may read {path}, and then sign in as anybody.", shell(f"chmod 600 {path}")
        )
    return fine(f"{path}, mode {mode:o}")


@subject.check("backup")
def backup(site: Site) -> Finding:
    """There is a fresh backup, and it was tried."""
    var = site.settings.VAR_DIR
    try:
        is_sealed = bool(site.settings.BACKUP_KEY) and not keys.opens(site.settings.BACKUP_KEY)
        noted = record.read(var)
    except BackupError as error:
        return wrong(f"No backup can be made: {error}")
    except FileNotFoundError:
        return to_do("There was no backup yet. Make one each day, on another machine.", _anew(site))
    except (OSError, msgspec.DecodeError) as error:
        return to_do(f"{var / record.NAME} cannot be read ({error}), so nobody knows. Make a backup anew.", _anew(site))
    return judge_backup(site, noted, timezone.now(), is_sealed=is_sealed)


def _anew(site: Site, *then: str) -> Mend:
    """As it is made each night, where that is known: so it shows whether the nights' own will be."""
    if site.in_container:
        return _outside(*then)
    if site.manager:
        return shell("systemctl enable --now collab-backup.timer", "systemctl start collab-backup")
    return shell(*(site.command(words) for words in ("backup", *then)))


def _outside(*then: str) -> Mend:
    """Not here: a node's container cannot write. On Kubernetes the job tries what it has made."""
    run = "docker compose --file deploy/compose.yaml run --rm --no-deps backup"
    lines = [f"{run} {words}" for words in ("backup", *then)]
    return Mend(
        Where.OUTSIDE,
        (*lines, "# or: kubectl create job backup-now --namespace=collab --from=cronjob/backup"),
    )


def judge_backup(site: Site, noted: record.Last, now: datetime, *, is_sealed: bool = False) -> Finding:
    """By how long ago it was made, and tried; `is_sealed`: for a key that is not here, so that it cannot be tried."""
    age = now - noted.at
    if age > LATEST:
        return wrong(f"The last backup is {age.days} days old. Find out why.", _anew(site))
    if age > DAILY:
        return to_do(f"The last backup is {_hours(age)} old.", _anew(site))
    # One that cannot be tried here takes the place of one that was wanting; else only one that was found good does.
    better = max(filter(None, [noted.verified_at, noted.at if is_sealed else None]), default=None)
    if noted.failed_at and (better is None or noted.failed_at > better):
        return wrong(
            f"Trying a backup failed {_hours(now - noted.failed_at)} ago: it may not restore. This makes another and "
            "tries that; where it fails, too, it says why.",
            _anew(site, "backup --verify"),
        )
    if noted.verified_at and now - noted.verified_at <= VERIFY:
        return fine(f"{_hours(age)} old; one was tried {(now - noted.verified_at).days} days ago")
    if is_sealed:
        return fine(f"{_hours(age)} old, and sealed for a key that is not here: verify where that key is")
    untried = "No backup was tried for a month; one that does not restore is none."
    return to_do(untried, _outside("backup --verify") if site.in_container else site.manage("backup --verify"))


def _hours(time: timedelta) -> str:
    return f"{time / timedelta(hours=1):.0f} hours"
