"""NGINX as deploy/compose.yaml starts it: its files filled in by its script, its folders as they are mounted."""

import getpass
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.site import free_port
from collab.embedded.server import tethered
from tests.deploy.certificate import make_certificate
from tests.deploy.hosted import PATIENCE, await_it, nginx_command
from tests.deploy.manifests import DEPLOY, PROJECT
from tests.deploy.mounts import of_service
from tests.deploy.test_containers import SERVICES

HOST = "talk.example.net"


def certify(folder: Path, number: int) -> bytes:
    """Lay a certificate where certbot would: the files in archive/, and links to them in live/. It, as TLS shows it."""
    archive, live = (folder / name / HOST for name in ("archive", "live"))
    new = folder / str(number)
    for each in (archive, live, new):
        each.mkdir(parents=True, exist_ok=True)
    chain = make_certificate(new, HOST).read_text()
    for name in ("fullchain", "privkey"):
        (new / f"{name}.pem").rename(archive / f"{name}{number}.pem")
        (live / f"{name}.pem").unlink(missing_ok=True)
        (live / f"{name}.pem").symlink_to(f"../../archive/{HOST}/{name}{number}.pem")
    return ssl.PEM_cert_to_DER_cert(chain)


class Container:
    """The container in a folder: `root` is what it sees, with what it mounts of the host."""

    def __init__(self, folder: Path) -> None:
        self.root, self.host = folder / "root", folder / "host"
        self.port, self.plain_port = free_port(), free_port()
        self.first = certify(self.host / "etc" / "letsencrypt", 1)
        (self.host / "var" / "www" / "html").mkdir(parents=True)
        for mount in of_service(SERVICES["nginx"]):
            if mount.source.startswith("/"):
                # A link that leads out of it leads nowhere: in a copy as in a mount.
                shutil.copytree(self.host / mount.source[1:], self.root / mount.path[1:], symlinks=True)

    def fill_in(self) -> Path:
        """Run the script; then other ports and this root, since it is no container."""
        etc = self.root / "etc" / "nginx"
        etc.mkdir(parents=True)
        script = ["sh", str(DEPLOY / "containers" / "nginx.sh"), str(DEPLOY / "nginx"), str(etc)]
        subprocess.run(script, env=os.environ | {"SITE_URL": f"https://{HOST}"}, check=True)
        for file in etc.iterdir():
            text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}", file.read_text())
            text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
            text = re.sub(r" (/(?:etc|run|srv|var)/)", rf" {self.root}\1", text)
            file.write_text(text.replace("user nginx;", f"user {getpass.getuser()};"))
        (self.root / "run").mkdir()
        return etc / "nginx.conf"

    def shown(self) -> bytes:
        """The certificate that people are shown; none while nobody listens."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain:
                return trusting.wrap_socket(plain, server_hostname=HOST).getpeercert(binary_form=True) or b""
        except OSError:
            return b""

    def ask_plain(self, path: str) -> bytes:
        """What port 80 answers."""
        with socket.create_connection(("127.0.0.1", self.plain_port), PATIENCE) as plain:
            plain.sendall(f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
            return plain.makefile("rb").read()


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    container = Container(tmp_path)
    command = tethered(nginx_command(container.fill_in(), "-g", "daemon off;"), signal="SIGQUIT")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        await_it(
            lambda: bool(container.shown()) or process.poll() is not None,
            "NGINX does not listen",
        )
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield container
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_it_shows_the_certificate_that_certbot_has_and_the_next_one_after_the_hook(container: Container) -> None:
    assert container.shown() == container.first
    second = certify(container.root / "etc" / "letsencrypt", 2)
    assert container.shown() == container.first
    docs = (PROJECT / "docs" / "self-hosting.md").read_text()
    [hook] = re.findall(r'--deploy-hook "docker compose --file \S+ exec -T nginx nginx (.*?)"', docs)
    subprocess.run(nginx_command(container.root / "etc" / "nginx" / "nginx.conf", *hook.split()), check=True)
    await_it(lambda: container.shown() == second, "it shows the old one still")


def test_it_answers_certbot_on_port_80(container: Container) -> None:
    challenges = container.root / "var" / "www" / "html" / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "token").write_text("proof")
    assert container.ask_plain("/.well-known/acme-challenge/token").endswith(b"\r\n\r\nproof")
