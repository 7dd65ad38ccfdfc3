"""`manage.py demo` fills the site with a small company that has talked for three weeks."""

import os
import re
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from collab.demo.cast import CAST, COMPANY
from collab.demo.stage import Stage
from collab.demo.story import Story
from collab.demo.timetable import Timetable
from collab.embedded.environment import embedded_servers
from collab.embedded.errors import CannotStart
from collab.embedded.once import standing
from collab.embedded.outside import check_database
from collab.exclusive import take_turns
from rooms.models import Message

MOST = 20_000


class Command(BaseCommand):
    """Makes the demonstration workspace, once."""

    help = "Fill a workspace with believable people, rooms and three weeks of talk."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--messages` and `--seed`; numbers are read in `handle`, where a bad one gets one clear line."""
        parser.add_argument("--messages", default="1500", help=f"how many, 1 to {MOST:,} (default 1500)")
        parser.add_argument("--seed", default="1", help="another number tells it differently (default 1)")

    def handle(self, *, messages: str, seed: str, **_options: object) -> None:
        """Make it, unless it is there; then say who can sign in."""
        count = _whole("--messages", messages, 1, MOST)
        seed_number = _whole("--seed", seed, 0, 2**32)
        try:
            with standing(os.environ):
                # Asked once, plainly: the pool tries for five seconds and logs each try.
                check_database()
                self._migrate()
                self._make(count, seed_number)
        except CannotStart as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"the database cannot be reached: {_first_line(error)}") from error
        except ProgrammingError as error:
            raise CommandError("the database has no tables yet: run `manage.py migrate` first.") from error
        self._tell()

    def _migrate(self) -> None:
        # Whoever brings their own database also says when it changes.
        if embedded_servers(os.environ):
            call_command("migrate", interactive=False, verbosity=0)

    def _make(self, count: int, seed: int) -> None:
        # One transaction: a demonstration that was interrupted leaves nothing behind.
        with transaction.atomic():
            # Of two at once the second finds what the first has made.
            take_turns("demo")
            if User.objects.filter(email=CAST[0].email).exists():
                self.stdout.write(f"{COMPANY} is there already; nothing was changed.")
                return
            now = timezone.now()
            random = Random(seed)  # noqa: S311 — a story, not a secret.
            story = Story(random, Timetable(now, random)).tell(count)
            workspace = Stage(random, now).play(story, password())
        said = Message.objects.filter(room__workspace=workspace).count()
        self.stdout.write(f"{COMPANY} is there: {workspace.people.count()} people, {said:,} messages.")

    def _tell(self) -> None:
        self.stdout.write(
            f"\nAddress:   {settings.SITE_URL}\nPassword:  {password()}   (the same for all)\n\nSign in as:"
        )
        for character in CAST:
            note = f"{character.name}, {character.role}"
            self.stdout.write(f"  {character.email:26}{note}{' (may use /admin/)' if character is CAST[0] else ''}")


def password() -> str:
    """The password of all demonstration people: this site's own, since a published one would be an open door."""
    return f"fernweh-{salted_hmac('collab.demo', 'password').hexdigest()[:10]}"


def _whole(option: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise CommandError(f"{option} must be a whole number from {least:,} to {most:,}, not {text[:40]!r}.")
    return int(text)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
