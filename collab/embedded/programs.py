"""The commands of the site's own programs."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

from .environment import PROJECT, Address

# A site of root's has its worker run as root; Celery need not say so at each start.
UNWARNED = "-Wignore:You're running the worker with superuser privileges"
# Not by a link to the newest release: a program goes on with the packages it was started with.
PYTHON = str(Path(sys.executable).parent.resolve() / Path(sys.executable).name)
CELERY = [PYTHON, UNWARNED, "-m", "celery", "--quiet", "--app=collab.celery"]


def worker() -> list[str]:
    """A Celery worker. One alone has nobody to gossip or mingle with."""
    return [*CELERY, "worker", "--loglevel=WARNING", "--concurrency=2", "--without-gossip", "--without-mingle"]


def beat(var: Path) -> list[str]:
    """Celery's clock. What it remembers of the last runs is kept in `var`."""
    return [*CELERY, "beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={var / 'beat'}"]


def web(address: Address) -> list[str]:
    """Daphne, with options for many sockets that stay open for days."""
    return [
        PYTHON,
        "-m",
        # The tuned Daphne, where it is there.
        "collab.live.server" if importlib.util.find_spec("collab.live.server") else "daphne",
        f"--bind={address.host}",
        f"--port={address.port}",
        "--verbosity=0",
        "--websocket_timeout=-1",
        "--application-close-timeout=5",
        "--no-server-name",
        "collab.asgi:application",
    ]


def canary() -> list[str]:
    """What measures for the status page."""
    return [sys.executable, "manage.py", "canary"]


def become(command: list[str]) -> NoReturn:
    """Turn this process into the program, from the project's folder: whoever started this one watches and ends that."""
    os.chdir(PROJECT)
    # No shell: the list is the program and its arguments.
    os.execv(command[0], command)  # noqa: S606
