"""The site's programs on this machine: restarted, and tried before anything else is touched. The nodes: `node.py`."""

import shlex
import socket
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass

from .errors import Stop
from .options import RELEASE, Environment
from .steps import manage, python, run, say, within

#: Seconds for a process to go, and for the next to be ready.
GONE_WITHIN, BACK_WITHIN = 60, 60


@dataclass(frozen=True)
class Program(ABC):
    """One of them, and what restarts it with whatever release the link names."""

    command: str

    @abstractmethod
    def replace(self, site: Environment) -> None:
        """Have it go and its next come, and try that. Raises Stop."""

    def start_anew(self, site: Environment) -> None:
        """The same after it failed, whatever is left of it. Raises Stop."""
        self.replace(site)


class Worker(Program):
    """Celery's."""

    def __str__(self) -> str:
        """As it is called in sentences."""
        return "the worker"

    def replace(self, site: Environment) -> None:
        """Raises Stop where it does not answer."""
        run(shlex.split(self.command))
        # This machine's, by the name that Celery gives it: another machine's answers whatever happened here.
        its = ["--timeout=5", f"--destination=celery@{socket.gethostname()}"]
        ping = [python(), "-m", "celery", "--app=collab.celery", "inspect", "ping", *its]

        def answers() -> bool:
            return not subprocess.run(ping, cwd=RELEASE, env=site, capture_output=True, check=False).returncode

        if not within(BACK_WITHIN, answers):
            raise Stop(f"no worker answers on this machine {BACK_WITHIN} s after it was restarted. Its log says why.")
        say("  The worker was replaced.")


class Clock(Program):
    """Celery's beat."""

    def __str__(self) -> str:
        """As it is called in sentences."""
        return "the clock"

    def replace(self, site: Environment) -> None:
        """Raises Stop where no worker was asked to do anything since."""
        run(shlex.split(self.command))
        try:
            manage(site, "pulse", f"--within={BACK_WITHIN}")
        except Stop as stop:
            raise Stop("the clock does not run, or no worker does what it asks for; their logs say why.") from stop
        say("  The clock was replaced.")
