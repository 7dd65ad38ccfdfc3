"""`manage.py node`: one Daphne process, where something else looks after the site's processes."""

import os
from argparse import ArgumentParser

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from collab.embedded import environment, programs
from collab.embedded.errors import CannotStart
from collab.embedded.ports import check_free


class Command(BaseCommand):
    help = "Run one node: pages and sockets. SIGTERM drains it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help="the address to listen on; without it HOST, or 127.0.0.1")
        parser.add_argument("--port", help="the port to listen on; without it PORT, or 8000")

    def handle(self, *args: object, host: str | None, port: str | None, **options: object) -> None:
        given = {name: value for name, value in (("HOST", host), ("PORT", port)) if value is not None}
        try:
            address = environment.address({**os.environ, **given})
            check_free(address, "--port={}")
        except CannotStart as error:
            raise CommandError(str(error)) from error
        programs.become(programs.web(address))
