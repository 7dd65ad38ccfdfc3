"""nchan, a module of NGINX: Debian's, installed or unpacked into the bench's own folder.

Unpacked rather than installed: Debian's package would start a web server on this machine's port 80, and needs root.
"""

import gzip
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.peers.errors import NotInstalled

PACKAGES = ("nginx", "libnginx-mod-nchan")
PROGRAM, MODULE = Path("usr/sbin/nginx"), Path("usr/lib/nginx/modules/ngx_nchan_module.so")
#: Seconds that bringing it may take.
PATIENCE = 120

# A channel for each room, on which a WebSocket both says and hears. Messages stay in the worker's memory, ten for an
# hour, as nchan has it by default; who comes is sent what is new from then on.
CONFIGURATION = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log warn;
events {{ worker_connections {files}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port} backlog=511;
    location ~ ^/([0-9]+)$ {{
      nchan_pubsub websocket;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


class Nchan(msgspec.Struct, frozen=True):
    """NGINX with nchan under a root folder: `/`, or where it was unpacked."""

    root: Path

    @property
    def is_there(self) -> bool:
        """Both parts are."""
        return (self.root / PROGRAM).exists() and (self.root / MODULE).exists()

    def command(self, port: int, folder: Path, files: int) -> list[str]:
        """What serves on a port of the loopback, its own files in `folder`, for so many open files."""
        file = folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(module=self.root / MODULE, folder=folder, port=port, files=files))
        return [str(self.root / PROGRAM), "-p", str(folder), "-e", str(folder / "nginx-errors.log"), "-c", str(file)]


def found(keep: Path) -> Nchan:
    """This machine's nchan, or one that is unpacked into `keep`.

    Raises:
        NotInstalled: neither is to be had.
    """
    for place in (Nchan(Path("/")), Nchan(keep)):
        if place.is_there:
            return place
    unpack(keep)
    return Nchan(keep)


def unpack(keep: Path) -> None:
    """Bring Debian's packages into a folder, whole or not at all.

    Raises:
        NotInstalled: this is no Debian, or its packages are out of reach.
    """
    remedy = f"install it (on Debian: apt-get install {' '.join(PACKAGES)})"
    with tempfile.TemporaryDirectory(dir=keep.parent) as name:
        _run(["apt-get", "download", *PACKAGES], Path(name), remedy)
        for package in Path(name).glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), "root"], Path(name), remedy)
        if not Nchan(Path(name) / "root").is_there:
            raise NotInstalled(f"Debian's packages of nchan are not as expected; {remedy}.")
        shutil.move(Path(name) / "root", keep)


def _run(command: Sequence[str], folder: Path, remedy: str) -> None:
    try:
        subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotInstalled(f"nchan is not installed and {command[0]} could not bring it; {remedy}.") from error


def versions(keep: Path) -> dict[str, str]:
    """Of NGINX and nchan, where they are there."""
    place = next((each for each in (Nchan(Path("/")), Nchan(keep)) if each.is_there), None)
    if place is None:
        return {}
    run = subprocess.run([str(place.root / PROGRAM), "-v"], capture_output=True, text=True, check=False)
    return {"NGINX": run.stderr.strip().rpartition("/")[2], "nchan": _version_of_module(place.root)}


def _version_of_module(root: Path) -> str:
    """As Debian's changelog has it, which comes with the module."""
    log = root / "usr/share/doc/libnginx-mod-nchan/changelog.Debian.gz"
    try:
        text = gzip.decompress(log.read_bytes()).decode()
    except OSError:
        return "unknown"
    return text.partition("(")[2].partition(")")[0]
