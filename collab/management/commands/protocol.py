"""`manage.py protocol` writes docs/protocol.md; with --check it only says whether that file is current."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from collab.protocol.document import document

PATH = Path(settings.BASE_DIR) / "docs" / "protocol.md"


class Command(BaseCommand):
    """Makes the protocol document from the structs that speak the protocol."""

    help = "Write docs/protocol.md from the types of events, commands, errors and close codes."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check`: change nothing."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail where the file is stale")

    def handle(self, *, check: bool, **_options: object) -> None:
        """Write the file, or hold it against what would be written."""
        text = document()
        if not check:
            PATH.write_text(text)
            self.stdout.write(f"wrote {PATH.relative_to(settings.BASE_DIR)}")
        elif not PATH.exists() or PATH.read_text() != text:
            raise CommandError("docs/protocol.md is stale: run `make docs` and commit it.")
