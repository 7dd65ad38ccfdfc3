"""A real Daphne over the database and the Valkey of the test run."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

#: Seconds a process has to start answering, or to stop.
PATIENCE = 60.0

PROJECT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(database_url: str, site: str) -> dict[str, str]:
    """The environment of the test run, for a process that serves this database at this address."""
    return os.environ | {"DATABASE_URL": database_url, "SITE_URL": site, "EXTRA_ORIGINS": ""}


def collect_static(database_url: str) -> None:
    """Gather the files that the site's pages name; without them it has no page to sign in at."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(command, env=environment(database_url, "http://127.0.0.1"), cwd=PROJECT, check=True)


class Node:
    """One process of the site on a port of its own; started, killed and started again.

    Args:
        database_url: whose data it serves.
        is_tuned: it is the server of `make up`; else Daphne as it comes.
        application: what it serves.
        variables: what else stands in its environment.
    """

    def __init__(
        self,
        database_url: str,
        *,
        is_tuned: bool = False,
        application: str = "collab.asgi:application",
        **variables: str,
    ) -> None:
        daphne = str(Path(sys.executable).with_name("daphne"))
        self._server = [sys.executable, "-m", "collab.live.server", "--verbosity=0"] if is_tuned else [daphne]
        self.port = free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self._application = application
        self._environment = environment(database_url, self.site) | variables
        self._process: subprocess.Popen[bytes] | None = None
        self._log = Path(os.environ["VAR_DIR"]) / f"node-{self.port}.log"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [*self._server, "-b", "127.0.0.1", "-p", str(self.port), self._application]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, cwd=PROJECT, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/account/login/")
            return connection.getresponse().status < 500
        return False

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process = None

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text(errors="replace")
