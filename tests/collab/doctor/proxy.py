"""NGINX with TLS before the nodes, whose file a test may spoil and mend line by line."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.faults.nginx import program
from collab.doctor.finding import Where
from collab.embedded.server import tethered
from tests.protocol.node import free_port

FILE = """\
daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  types {{ text/css css; }}
  {http}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/key.pem;
    {server}
    location / {{ {location} }}
    location = /ws/ {{ {location} {sockets} }}
  }}
}}
"""


@dataclass
class Lines:
    """The lines of a sound file that may be spoilt, by where they are."""

    node: int
    plain_port: int
    location: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    server: list[str] = field(default_factory=list)
    http: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.location = [
            f"proxy_pass http://127.0.0.1:{self.node};",
            "proxy_set_header Host $http_host;",
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "proxy_set_header X-Forwarded-Proto $scheme;",
            "proxy_connect_timeout 1s;",
        ]
        self.sockets = [
            "proxy_http_version 1.1;",
            "proxy_set_header Upgrade $http_upgrade;",
            'proxy_set_header Connection "upgrade";',
        ]
        self.server = ["client_max_body_size 11m;"]
        self.http = [
            f"server {{ listen {self.plain_port}; return 301 https://localhost$request_uri; }}",
        ]

    def put(self, where: Where, lines: Iterable[str]) -> None:
        """As a person does: a line takes the place of one that says something of the same thing."""
        places = {
            Where.NGINX_LOCATION: self.location,
            Where.NGINX_SOCKETS: self.sockets,
            Where.NGINX_SERVER: self.server,
            Where.NGINX_HTTP: self.http,
        }
        place = places[where]
        for line in lines:
            place[:] = [each for each in place if topic(each) != topic(line)] + [line]


def topic(line: str) -> tuple[str, ...]:
    """What a directive is about: its name, and for those that may stand many times, of what."""
    words = line.split()
    return tuple(words[: {"proxy_set_header": 2, "location": 3}.get(words[0], 1)])


class Proxy:
    """It listens as soon as it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.written: Lines | None = None

    def use(self, lines: Lines) -> None:
        """Serve by these lines; done once nobody is served by the ones before."""
        if lines == self.written:
            return
        text = {name: "\n".join(getattr(lines, name)) for name in ("location", "sockets", "server", "http")}
        file = self.folder / "nginx.conf"
        file.write_text(FILE.format(folder=self.folder, port=self.port, **text))
        self.written = lines
        if self.process is None:
            command = [
                str(program()),
                "-e",
                str(self.folder / "nginx-errors.log"),
                "-p",
                str(self.folder),
                "-c",
                str(file),
            ]
            self.process = subprocess.Popen(tethered(command, signal="SIGQUIT"), start_new_session=True)
            self._await(set())
        else:
            before = self._workers()
            os.kill(self.process.pid, signal.SIGHUP)
            self._await(before)

    def reread(self) -> None:
        """Read its certificate anew."""
        lines, self.written = self.written, None
        assert lines is not None
        self.use(lines)

    def _workers(self) -> set[int]:
        assert self.process is not None
        found = set()
        for child in psutil.Process(self.process.pid).children():
            # One of before may go while it is looked at.
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.status() != "zombie":
                    found.add(child.pid)
        return found

    def _await(self, before: set[int]) -> None:
        end = time.monotonic() + 20
        while not (now := self._workers()) or now & before:
            assert time.monotonic() < end, (self.folder / "nginx-errors.log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
