"""A site as docs/self-hosting.md has it: nodes behind the NGINX of deploy/nginx, each a process of its own."""

import asyncio
import contextlib
import getpass
import http.client
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from bench.faults.nginx import program
from bench.plan import Seat, Seating
from bench.site import NOT_OURS, free_port, seated
from collab.embedded.environment import PROJECT
from collab.embedded.once import running
from collab.embedded.postgres import Postgres
from collab.embedded.server import tethered
from collab.embedded.valkey import Valkey
from tests.deploy.certificate import make_certificate

NGINX = PROJECT / "deploy" / "nginx"
NAME = "chat.example.org"
PATIENCE = 30.0

#: Starts another NGINX before the same nodes, with (old, new) places of its configuration.
Limited = Callable[..., "HostedSite"]


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class HostedSite:
    """A site in a folder, reached at `url` through NGINX alone."""

    def __init__(self, folder: Path, nodes: int) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.ports = [free_port() for _ in range(nodes)]
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://{NAME}:{self.port}"
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS} | {
            "DJANGO_SETTINGS_MODULE": "collab.settings",
            "VAR_DIR": str(self.var),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "SITE_URL": self.url,
            "TRUSTED_PROXIES": "1",
            "ACCEL_REDIRECT": "true",
            "LOG_LEVEL": "INFO",
        }
        self.nodes: dict[int, subprocess.Popen[bytes]] = {}
        certificate = str(make_certificate(folder, NAME))
        self.trusted = ssl.create_default_context(cafile=certificate)
        # The client of sockets writes in one thread while another reads, which OpenSSL does not support. By TLS 1.3 the
        # reader gets session tickets just when the request is written, and the request is lost now and then: NGINX
        # waits for it in vain. By 1.2 nothing comes before the request. Browsers are not concerned, nor is NGINX.
        self.trusted_by_threads = ssl.create_default_context(cafile=certificate)
        self.trusted_by_threads.maximum_version = ssl.TLSVersion.TLSv1_2
        self.seats: list[Seat] = []

    def command(self, *arguments: str) -> None:
        """Run one of the site's commands."""
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, env=self.environment, check=True)

    def prepare(self) -> None:
        """What an upgrade prepares, and two people."""
        self.command("migrate", "--verbosity=0")
        self.command("collectstatic", "--no-input", "--verbosity=0")
        self.seats = asyncio.run(seated(self.environment, Seating(people=2, rooms_of=2), self.folder))

    def start_node(self, port: int) -> None:
        """Start a node, and wait until it is ready."""
        command = [sys.executable, "manage.py", "node", f"--port={port}"]
        self.nodes[port] = self.start(f"node-{port}", command)
        await_it(lambda: self.is_ready(port), f"node {port} is not ready")

    def start(self, name: str, command: list[str], signal: str = "SIGTERM") -> "subprocess.Popen[bytes]":
        """Start something that ends when this process does."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                tethered(command, signal=signal), cwd=PROJECT, env=self.environment, stdout=log, stderr=log
            )

    def is_ready(self, port: int) -> bool:
        """A node says that people may be sent to it."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask_node(port, "/health/ready").status == 200
        return False

    def start_nginx(self, configuration: Path) -> "subprocess.Popen[bytes]":
        """Start NGINX, and wait until it listens."""
        process = self.start("nginx", nginx_command(configuration, "-g", "daemon off;"), "SIGQUIT")
        await_it(lambda: self.listens(process), "NGINX does not listen")
        return process

    def listens(self, process: "subprocess.Popen[bytes]") -> bool:
        """It takes connections."""
        assert process.poll() is None, (self.folder / "nginx.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    # --- asking --------------------------------------------------------------------------------------

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Ask through NGINX, by TLS."""
        return _answer(self.connection(), method, path, headers, body)

    def connection(self) -> http.client.HTTPConnection:
        """A connection to NGINX, by TLS."""
        connection = http.client.HTTPConnection(NAME, self.port, timeout=PATIENCE)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sock = self.trusted.wrap_socket(plain, server_hostname=NAME)
        return connection

    def ask_as(self, seat: Seat, path: str, **headers: str) -> Answer:
        """Ask as somebody who is signed in."""
        return self.ask(path, headers={"Cookie": f"sessionid={seat.session}", **headers})

    def ask_plain(self, path: str) -> Answer:
        """Ask NGINX without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=PATIENCE)
        return _answer(connection, "GET", path, {"Host": f"{NAME}:{self.plain_port}"}, None)

    def ask_node(self, port: int, path: str) -> Answer:
        """Ask a node directly, as NGINX does."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Host": f"{NAME}:{self.port}", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        return _answer(connection, "GET", path, headers, None)

    def open_socket(self, seat: Seat, origin: str = "", node: int | None = None) -> ClientConnection:
        """A socket through NGINX, or at a node directly."""
        return connect(
            f"{'ws' if node else 'wss'}://{NAME}:{self.port}/ws/",
            sock=socket.create_connection(("127.0.0.1", node or self.port), timeout=PATIENCE),
            ssl=None if node else self.trusted_by_threads,
            origin=Origin(origin or self.url),
            subprotocols=[Subprotocol("collab.v1")],
            additional_headers={"Cookie": f"sessionid={seat.session}"},
            open_timeout=PATIENCE,
            legacy=True,
        )


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str] | None,
    body: bytes | None,
) -> Answer:
    with contextlib.closing(connection):
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def greet(opened: ClientConnection) -> None:
    """Say hello, and hear that one is caught up."""
    opened.send(json.dumps({"type": "hello", "id": 1}))
    while json.loads(opened.recv(timeout=PATIENCE))["type"] != "caught_up":
        pass


def await_it(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait for something that has to be asked for."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


def nginx_command(configuration: Path, *options: str, nginx: Path | None = None) -> list[str]:
    """NGINX with a configuration; what it needs besides lies in the same folder."""
    return [
        str(nginx or program()), "-p", str(configuration.parent), "-c", str(configuration), "-e", "stderr", *options
    ]  # fmt: skip


def filled_in(site: HostedSite, folder: Path) -> Path:
    """The configuration of deploy/nginx in a folder, with nothing changed but the places that are marked for it."""
    folder.mkdir()
    places = {
        "user www-data": f"user {getpass.getuser()}",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx": str(folder),
        "/var/www/html": str(folder),
        "/etc/letsencrypt/live/chat.example.org": str(site.folder),
        "/srv/collab/var": str(site.var),
        "https://chat.example.org": site.url,
        "listen 443": f"listen 127.0.0.1:{site.port}",
        "listen 80": f"listen 127.0.0.1:{site.plain_port}",
        "127.0.0.1:8001": f"127.0.0.1:{site.ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{site.ports[1]}",
    }
    for file in NGINX.glob("*.conf"):
        lines = (_filled_in(line, places) for line in file.read_text().splitlines())
        (folder / file.name).write_text("\n".join(lines) + "\n")
    return folder / "nginx.conf"


def _filled_in(line: str, places: Mapping[str, str]) -> str:
    if "# HERE" not in line or line.startswith("#"):
        return line
    if "delete without IPv6" in line:
        return ""
    old = next((old for old in places if old in line), None)
    if old is None:
        assert line.strip().startswith("server_name"), f"nobody fills in: {line}"
        return line
    return line.replace(old, places[old])


def start_nodes(site: HostedSite) -> None:
    """All of them, by their own command."""
    for port in site.ports:
        site.start_node(port)


def as_it_is(configuration: str) -> str:
    """NGINX's file for the site, with no further change."""
    return configuration


@contextlib.contextmanager
def hosted_site(
    folder: Path,
    start: Callable[[HostedSite], None] = start_nodes,
    change: Callable[[str], str] = as_it_is,
) -> Iterator[HostedSite]:
    """A site of two nodes that runs, with people in it; gone at the end.

    `start` starts the nodes, and notes in `nodes` what is to be ended. `change` is what a host does to collab.conf.
    """
    # PostgreSQL runs as another user where this is root.
    folder.chmod(0o711)
    site = HostedSite(folder, nodes=2)
    with running(site.postgres), running(site.valkey):
        site.prepare()
        started = []
        try:
            start(site)
            configuration = filled_in(site, folder / "nginx")
            file = configuration.with_name("collab.conf")
            file.write_text(change(file.read_text()))
            started.append(site.start_nginx(configuration))
            yield site
        finally:
            for process in (*started, *site.nodes.values()):
                process.terminate()
            for process in (*started, *site.nodes.values()):
                process.wait(PATIENCE)
