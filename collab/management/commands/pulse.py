"""`manage.py pulse`: whether Celery's clock and a worker live, by what they do next."""

from argparse import ArgumentParser

import redis
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from collab import pulse


class Command(BaseCommand):
    help = "Wait until Celery's clock asks and a worker answers, as they do every five seconds."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=int, default=pulse.LATE, help="seconds to wait; %(default)s")

    def handle(self, *args: object, within: int, **options: object) -> None:
        try:
            came = pulse.comes(within)
        except redis.RedisError as error:
            raise CommandError(f"Redis does not answer: {error}") from error
        if not came:
            raise CommandError(f"no pulse came within {within} s: beat does not run, or no worker does.")
