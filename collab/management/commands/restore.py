"""`manage.py restore` brings the site back from a backup."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from collab.backup import keys, restoring
from collab.backup.errors import BackupError, in_words
from collab.backup.places import find
from collab.backup.progress import Progress
from collab.backup.restoring import Wish
from collab.embedded import stale
from collab.embedded.errors import CannotStart
from collab.embedded.once import standing

from .backup import site


class Command(BaseCommand):
    """Puts a backup in the place of what is there."""

    help = (
        "Bring the site back from a backup: all of it, or nothing is changed. Nodes, workers and beat must be stopped."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup, and what may go for it."""
        parser.add_argument("source", nargs="?", metavar="FROM", help="a backup, or where they are: then the newest")
        parser.add_argument("--key", help="the file of the secret key (default: BACKUP_KEY)")
        parser.add_argument("--replace", action="store_true", help="what is in the database goes")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, source: str | None, key: str | None, replace: bool, yes: bool, **_options: object) -> None:
        """One line for every failure."""
        try:
            keys.check_argument(key)
            place, backup = find(source or settings.BACKUP_TO)
            key = key or settings.BACKUP_KEY
            wish = Wish(
                key=keys.identity(key) if key else None,
                replace=replace,
                ask=(lambda _: True) if yes else self._ask,
                owns_secret_key=_owns_secret_key(),
            )
            # Whoever started the site by `up` may have nobody connected to its database just now.
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            stale.lock(settings.VAR_DIR, "restore").close()
            with standing(os.environ):
                restoring.restore(site(), place, backup, wish, Progress(self.stdout))
        except (BackupError, CannotStart) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(str(in_words(error))) from error
        self.stdout.write(
            f"Restored from {place.address(backup)}. Run `manage.py migrate`, then start the site: "
            "every open page loads its rooms anew."
        )

    def _ask(self, question: str) -> bool:
        self.stdout.write(question)
        try:
            return input("Type yes to go on: ").strip() == "yes"
        except EOFError:
            return False


def _owns_secret_key() -> bool:
    kept = settings.VAR_DIR / "secret_key"
    return kept.exists() and kept.read_text().strip() == settings.SECRET_KEY
