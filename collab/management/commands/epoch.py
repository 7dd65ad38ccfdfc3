"""`manage.py epoch` names the life of the data; with --new another begins."""

import os

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from collab.embedded.errors import CannotStart
from collab.embedded.once import standing
from collab.embedded.outside import check_database, first_line
from rooms import epoch


class Command(BaseCommand):
    """For those who restore the database by tools of their own."""

    help = "Say which life of the data this is. After a restore by other tools, --new has every client begin anew."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--new`: begin another."""
        parser.add_argument("--new", action="store_true", help="begin another: clients load all their rooms anew")

    def handle(self, *, new: bool, **_options: object) -> None:
        """Say it, or change it first."""
        try:
            with standing(os.environ):
                check_database()
                self.stdout.write(str(epoch.begin_another() if new else epoch.read()))
        except CannotStart as error:
            raise CommandError(str(error)) from error
        except Error as error:
            raise CommandError(f"{first_line(error)}. Run `manage.py migrate` first.") from error
