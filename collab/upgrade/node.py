"""A node of this machine: asked whether it is well, and replaced."""

import contextlib
import http.client
import shlex
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import NotRestarted, Stop
from .options import Environment
from .programs import BACK_WITHIN, GONE_WITHIN, Program
from .steps import run, say, within


@dataclass(frozen=True)
class Node(Program):
    """One, and where it listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it is called in sentences."""
        return f"the node on port {self.port}"

    @property
    def ready_at(self) -> str:
        """The address that says whether people may be sent to it."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/health/ready"

    def ask(self, path: str, headers: Mapping[str, str]) -> int:
        """The status of its answer; 0 where none comes."""
        # Where the database hangs a node says so after 10 s.
        connection = http.client.HTTPConnection(self.host, self.port, timeout=12)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path, headers=dict(headers))
            return connection.getresponse().status
        return 0

    def is_ready(self) -> bool:
        """People may be sent to it."""
        return self.ask("/health/ready", {}) == 200

    def serves(self, site: Environment) -> bool:
        """A page comes through it, and a socket is let in."""
        address = urlsplit(site["SITE_URL"])
        as_nginx = {"Host": address.netloc, "X-Forwarded-Proto": address.scheme, "X-Forwarded-For": "127.0.0.1"}
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        of_a_page = {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": site["SITE_URL"]}
        has_page = self.ask("/account/login/", as_nginx) == 200
        return has_page and self.ask("/ws/", {**as_nginx, **upgrade, **of_a_page}) == 101

    def replace(self, site: Environment) -> None:
        """Have it go and its next come, and try that. Raises Stop."""
        began = time.monotonic()
        with self._connected() as old:
            if old is None:
                raise Stop(f"{self} takes no connection any more. Its log says why.")
            self._restart(old)
        self._try(site)
        say(f"  The node on port {self.port} was replaced in {time.monotonic() - began:.1f} s.")

    def start_anew(self, site: Environment) -> None:
        """The same after it failed, be there a process or none. Raises Stop."""
        with self._connected() as old:
            self._restart(old)
        self._try(site)

    def _connected(self) -> contextlib.AbstractContextManager[socket.socket | None]:
        """To the process that is to go, if there is one: this connection ends with it, and not before."""
        try:
            return socket.create_connection((self.host, self.port), timeout=GONE_WITHIN)
        except OSError:
            return contextlib.nullcontext()

    def _restart(self, old: socket.socket | None) -> None:
        run(shlex.split(self.command))
        if old and not has_ended(old):
            raise NotRestarted(f"{self} runs on: “{self.command}” did not restart it. Name one that does: --restart")

    def _try(self, site: Environment) -> None:
        if not within(BACK_WITHIN, self.is_ready):
            raise Stop(f"{self} is not ready after {BACK_WITHIN} s. Its log says why.")
        if not within(BACK_WITHIN, lambda: self.serves(site)):
            raise Stop(f"{self} is ready, but no page or no socket comes through it. Its log says why.")


def has_ended(connection: socket.socket) -> bool:
    """The other side hung up."""
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
