"""`manage.py backup` keeps the site as it is at this moment; with --verify it proves a backup."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from collab.backup import keys, making, record, verifying
from collab.backup.errors import BackupError, in_words
from collab.backup.places import find, place_of
from collab.backup.progress import Progress
from collab.backup.site import Site
from collab.embedded.errors import CannotStart
from collab.embedded.once import standing


def site() -> Site:
    """This site."""
    return Site(url=settings.SITE_URL, var=settings.VAR_DIR, media=Path(settings.MEDIA_ROOT))


class Command(BaseCommand):
    """Backs the site up while it runs."""

    help = "Back up database and files while the site runs, to a folder or to S3; --verify proves a backup."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Each has a variable, but for what is asked for once."""
        parser.add_argument("--to", help="a folder, or s3://bucket/prefix (default: BACKUP_TO, or backups in VAR_DIR)")
        parser.add_argument("--key", help="seal it: a recipient (age1…), or a file with a key (default: BACKUP_KEY)")
        parser.add_argument("--with-secret-key", action="store_true", help="the secret key too, though not sealed")
        parser.add_argument(
            "--verify", nargs="?", const="", metavar="FROM", help="make none; prove this one, or the last one made here"
        )

    def handle(
        self, *, to: str | None, key: str | None, with_secret_key: bool, verify: str | None, **_options: object
    ) -> None:
        """One line for every failure."""
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            keys.check_argument(key)
            if verify is None:
                self._make(to or settings.BACKUP_TO, key or settings.BACKUP_KEY, with_secret_key)
            else:
                last = record.last(settings.VAR_DIR)
                self._verify(verify or to or (last.to if last else settings.BACKUP_TO), key or settings.BACKUP_KEY)
        except (BackupError, CannotStart) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(str(in_words(error))) from error

    def _make(self, to: str, key: str, with_secret_key: bool) -> None:
        seal_for = keys.recipient(key) if key else None
        place = place_of(to)
        with standing(os.environ):
            made = making.make(
                site(),
                place,
                seal_for=seal_for,
                keep=settings.BACKUP_KEEP,
                with_secret_key=with_secret_key,
                progress=Progress(self.stdout),
            )
        self.stdout.write(f"Backed up to {made}")

    def _verify(self, which: str, key: str) -> None:
        place, backup = find(which)
        if key and not keys.opens(key):
            self.stdout.write(
                "Not verified: here is only whom backups are sealed for. Where the secret key is: "
                f"manage.py backup --verify {place.address(backup)} --key key.txt"
            )
            return
        opener = keys.identity(key) if key else None
        differing = verifying.verify(site(), place, backup, opener, Progress(self.stdout))
        for line in differing:
            self.stdout.write(line)
        if differing:
            raise CommandError(f"{place.address(backup)} is not as it should be. Make another, and verify that.")
        self.stdout.write(f"Verified {place.address(backup)}")
