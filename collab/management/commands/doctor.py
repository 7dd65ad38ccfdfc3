"""`manage.py doctor`: is the site well, and if not, what mends it?"""

import os
from collections.abc import Sequence
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from collab import settings
from collab.doctor import bad_settings, report
from collab.doctor.examination import CHECKS, examine
from collab.doctor.registry import Check
from collab.doctor.site import Site


class Command(BaseCommand):
    help = "Look at the site as an expert would; print what is wrong and the lines that mend it. 1 where something is."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this check; may be repeated")
        parser.add_argument("--list", action="store_true", help="say what there is to look at, and look at nothing")
        parser.add_argument("--json", action="store_true", help="print JSON, for machines")
        parser.add_argument(
            "--before-start", action="store_true", help="the site does not run yet: leave out its nodes"
        )
        parser.add_argument("--mail", metavar="ADDRESS", help="send a mail there, to see whether it comes")

    def handle(self, *args: object, only: Sequence[str], mail: str | None, **options: object) -> None:
        checks = self.chosen(only)
        if options["list"]:
            self.stdout.writelines(f"{line}\n" for line in report.as_list(checks))
            return
        site = Site(
            settings,
            os.environ,
            bad=bad_settings.found,
            starts_later=bool(options["before_start"]),
            mail_to=valid(mail),
        )
        results = examine(site, checks)
        text = report.as_json(results) if options["json"] else "\n".join(report.as_text(results)).strip()
        self.stdout.write(report.without_secrets(text, os.environ))
        if not report.is_well(results):
            raise SystemExit(1)

    def chosen(self, only: Sequence[str]) -> list[Check]:
        """Those of these names; all where none is named."""
        for name in only:
            if name not in CHECKS:
                near = " or ".join(get_close_matches(name, CHECKS, 2)) or "one that --list names"
                raise CommandError(f"there is no check {name[:40]!r}; did you mean {near}?")
        return [check for check in CHECKS.values() if not only or check.name in only]


def valid(address: str | None) -> str | None:
    """The address for a mail. Raises CommandError where it is none."""
    if address is not None:
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"--mail must be an address such as you@example.org, not {address[:60]!r}.") from error
    return address
