"""`manage.py up`: the whole site from one command."""

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path
from typing import IO

import psutil
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.backends.postgresql.base import DatabaseWrapper

from collab.embedded import outside, stale, tether
from collab.embedded.environment import FOLDER_MODE, Address, address, embedded_servers
from collab.embedded.errors import CannotStart, in_words
from collab.embedded.outside import first_line
from collab.embedded.ports import check_free
from collab.embedded.server import Server
from collab.embedded.site import Site
from collab.embedded.terminal import Terminal


class Command(BaseCommand):
    help = "Start PostgreSQL, Valkey, Daphne, a Celery worker and its clock; Ctrl-C stops them."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        self.terminal = Terminal(sys.stdout)
        try:
            self.up(settings.VAR_DIR, address(os.environ))
        except CannotStart as error:
            sys.exit(f"collab: {error}")
        except OSError as error:
            sys.exit(f"collab: {in_words(error, 'start')}")

    def up(self, var: Path, where: Address) -> None:
        follow_make()
        with self.only_one(var):
            check_free(where)
            servers = embedded_servers(os.environ)
            outside.check(besides=servers)
            for server in servers:
                self.make(server)
            allow_many_sockets()
            speak_to_people()
            asyncio.run(self.run_site(var, where, servers))

    async def run_site(self, var: Path, where: Address, servers: list[Server]) -> None:
        # Made within the loop: its children's pipes are read by the loop that is current when they are made.
        site = Site(
            var=var,
            address=where,
            url=settings.SITE_URL,
            is_measured=settings.CANARY_SECONDS > 0,
            servers=servers,
            prepare=self.prepare,
            terminal=self.terminal,
        )
        await site.run()

    def only_one(self, var: Path) -> IO[str]:
        var.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        lock = stale.lock(var, f"process {os.getpid()}, {settings.SITE_URL}")
        if stale.clear(var / "processes.json"):
            self.say("The last run was killed; what it left behind is cleared away.")
        return lock

    def make(self, server: Server) -> None:
        if not server.folder.exists():
            self.say(f"Making {server.folder}.")
        server.prepare()

    def prepare(self) -> None:
        """Bring the database and the static files up to date. Raises CannotStart."""
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise CannotStart(f"the database cannot be brought up to date: {first_line(error)}") from error
        except CommandError as error:
            raise CannotStart(first_line(error)) from error
        finally:
            connection = connections[DEFAULT_DB_ALIAS]
            connection.close()
            # Its threads would outlive their use, in a process that forks.
            assert isinstance(connection, DatabaseWrapper)
            connection.close_pool()

    def say(self, text: str) -> None:
        self.terminal.say("collab", text)


def follow_make() -> None:
    """End when `make up` does, even where make is killed and cannot pass a signal on."""
    parent = psutil.Process().parent()
    if parent is not None and parent.name() in {"make", "gmake"}:
        tether.follow(parent.pid, signal.SIGTERM)


def speak_to_people() -> None:
    """What the children write stands on lines of this terminal, each behind a name: that is no JSON."""
    if os.environ.get("LOG_FORMAT", "auto") in {"", "auto"}:
        os.environ["LOG_FORMAT"] = "console"


def allow_many_sockets() -> None:
    """Every socket is an open file; the limit people start with is often 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
