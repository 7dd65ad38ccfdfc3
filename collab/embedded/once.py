"""Servers that run for the length of a `with` block: for tests, and for a command beside a site that is stopped."""

import contextlib
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator

from .environment import Environment, embedded_servers, var_folder
from .errors import CannotStart
from .server import Server
from .stale import lock

PATIENCE = 30.0


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """Run the server; stop it cleanly at the end. Raises CannotStart, with its own words, if it does not come up."""
    server.prepare()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(server.command(), stdout=output, stderr=output, start_new_session=True)
        try:
            if not came_up(server, process):
                output.seek(0)
                raise CannotStart(f"{server.name} did not start: {output.read()}")
            yield server
        finally:
            process.send_signal(signal.Signals[server.stop_signal])
            process.wait(PATIENCE)


@contextlib.contextmanager
def standing(environment: Environment) -> Iterator[None]:
    """The site's own servers: those that `up` runs, or started for the while where it does not run.

    Raises CannotStart.
    """
    servers = embedded_servers(environment)
    if all(server.is_ready() for server in servers):
        yield
        return
    with lock(var_folder(environment), "another command"), contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(running(server))
        yield


def came_up(server: Server, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until it answers; False once it has ended, or after half a minute."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if server.is_ready():
            return True
        time.sleep(0.02)
    return False
