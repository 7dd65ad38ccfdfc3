"""A node, and a worker: restarted, and tried before anything else is touched."""

import contextlib
import http.client
import shlex
import socket
import subprocess
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from .errors import Stop
from .options import RELEASE, Environment
from .steps import python, run, say, within

#: Seconds for a process to go, and for the next to be ready.
GONE_WITHIN, BACK_WITHIN = 60, 60


def ask(port: int, path: str, headers: Mapping[str, str]) -> int:
    """The status of a node's answer; 0 where none comes."""
    # Where the database hangs a node says so after 10 s.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=12)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse().status
    return 0


def is_ready(port: int) -> bool:
    """People may be sent to the node."""
    return ask(port, "/health/ready", {}) == 200


def serves(site: Environment, port: int) -> bool:
    """A page comes through the node, and a socket is let in."""
    address = urlsplit(site["SITE_URL"])
    as_nginx = {"Host": address.netloc, "X-Forwarded-Proto": address.scheme, "X-Forwarded-For": "127.0.0.1"}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    of_a_page = {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": site["SITE_URL"]}
    has_page = ask(port, "/account/login/", as_nginx) == 200
    return has_page and ask(port, "/ws/", {**as_nginx, **upgrade, **of_a_page}) == 101


def replace_node(site: Environment, port: int, restart: str) -> None:
    """Have a node go and its next come, and try that. Raises Stop."""
    began = time.monotonic()
    command = restart.replace("{}", str(port))
    try:
        # To the process that is to go: this connection ends with it, and not before.
        old = socket.create_connection(("127.0.0.1", port), timeout=GONE_WITHIN)
    except OSError as error:
        raise Stop(f"the node on port {port} takes no connection any more: {error.strerror}.") from error
    with old:
        run(shlex.split(command))
        if not has_ended(old):
            raise Stop(
                f"the node on port {port} runs on: “{command}” did not restart it. Name one that does: --restart"
            )
    if not within(BACK_WITHIN, lambda: is_ready(port)):
        raise Stop(f"the node on port {port} is not ready after {BACK_WITHIN} s. Its log says why.")
    if not within(BACK_WITHIN, lambda: serves(site, port)):
        raise Stop(f"the node on port {port} is ready, but no page or no socket comes through it. Its log says why.")
    say(f"  The node on port {port} was replaced in {time.monotonic() - began:.1f} s.")


def has_ended(connection: socket.socket) -> bool:
    """The other side hung up."""
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def replace_worker(site: Environment, restart: str) -> None:
    """Have the worker go and its next come. Raises Stop where no worker answers."""
    run(shlex.split(restart))
    ping = [python(), "-m", "celery", "--app=collab.celery", "inspect", "ping", "--timeout=5"]

    def answers() -> bool:
        return not subprocess.run(ping, cwd=RELEASE, env=site, capture_output=True, check=False).returncode

    if not within(BACK_WITHIN, answers):
        raise Stop(f"no worker answers {BACK_WITHIN} s after it was restarted. Its log says why.")
