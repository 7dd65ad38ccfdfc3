"""The site through the NGINX of deploy/nginx, as people and programs outside see it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from collab.live.errors import Close
from collab.live.limits import HEARTBEAT
from tests.deploy.hosted import NAME, NGINX, HostedSite, await_it, filled_in, greet, nginx_command

AVATAR = "a" * 22 + ".webp"


@pytest.fixture
def socket(site: HostedSite) -> Iterator[ClientConnection]:
    with site.open_socket(site.seats[0]) as socket:
        yield socket


# --- TLS ---------------------------------------------------------------------------------------------


def test_a_page_comes_by_tls(site: HostedSite) -> None:
    page = site.ask("/account/login/")
    assert page.status == 200
    assert b"csrfmiddlewaretoken" in page.body


def test_a_page_comes_by_http_2(site: HostedSite) -> None:
    curl = shutil.which("curl")
    if curl is None or "HTTP2" not in subprocess.check_output([curl, "--version"], text=True):
        pytest.skip("no curl with HTTP/2 here")
    certificate = str(site.folder / "fullchain.pem")
    there = ["--cacert", certificate, "--resolve", f"{NAME}:{site.port}:127.0.0.1", f"{site.url}/account/login/"]
    form = "%{http_version} %{http_code}"
    said = subprocess.check_output([curl, "--http2", "-sS", "-o", "/dev/null", "-w", form, *there], text=True)
    assert said == "2 200"


def test_http_leads_to_https(site: HostedSite) -> None:
    answer = site.ask_plain("/w/team/?page=2")
    assert (answer.status, answer.headers["Location"]) == (301, f"{site.url}/w/team/?page=2")


def test_certbot_answers_without_tls(site: HostedSite) -> None:
    folder = site.folder / "nginx" / ".well-known" / "acme-challenge"
    folder.mkdir(parents=True)
    (folder / "token").write_text("proof")
    assert site.ask_plain("/.well-known/acme-challenge/token").body == b"proof"


def test_headers_of_security_come_once(site: HostedSite) -> None:
    headers = site.ask("/account/login/").headers
    for name in ("Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy"):
        assert len(headers.get_all(name, [])) == 1, name
    assert headers["Server"] == "nginx"


# --- Sockets -----------------------------------------------------------------------------------------


def test_a_socket_is_welcome(socket: ClientConnection) -> None:
    greet(socket)


def test_a_socket_of_a_foreign_page_is_refused(site: HostedSite) -> None:
    with site.open_socket(site.seats[0], origin="https://evil.example") as socket, pytest.raises(ConnectionClosed) as e:
        socket.recv(timeout=20)
    assert e.value.rcvd is not None
    assert e.value.rcvd.code == Close.WRONG_ORIGIN


def test_only_a_socket_is_upgraded(site: HostedSite) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    assert site.ask("/account/login/", headers=upgrade).status == 200


# --- What a node is told -----------------------------------------------------------------------------


def test_a_forged_address_is_not_believed(site: HostedSite) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    site.ask_as(site.seats[1], "/", **forged)
    devices = site.ask_as(site.seats[1], "/account/sessions/", **forged)
    assert devices.status == 200
    assert b"127.0.0.1" in devices.body
    assert b"203.0.113.9" not in devices.body


def test_a_forged_scheme_or_host_is_not_believed(site: HostedSite) -> None:
    answer = site.ask("/account/login/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"})
    assert answer.status == 200
    assert b"evil.example" not in answer.body


def test_metrics_are_not_for_outside(site: HostedSite) -> None:
    assert site.ask("/metrics").body.count(b"nginx") == 1
    for path in ("/metrics", "/metrics/", "//metrics", "/./metrics", "/%6detrics"):
        assert site.ask(path).status == 404


# --- Files -------------------------------------------------------------------------------------------


def test_static_files_come_from_disk_to_be_kept_for_ever(site: HostedSite) -> None:
    page = site.ask("/account/login/").body.decode()
    found = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert found
    style = site.ask(found[1], headers={"Accept-Encoding": "gzip"})
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert style.headers["Content-Encoding"] == "gzip"
    assert style.headers["Content-Type"] == "text/css"
    assert style.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_without_a_hash_is_kept_for_a_minute(site: HostedSite) -> None:
    assert site.ask("/static/js/app.js").headers["Cache-Control"] == "public, max-age=60"
    assert site.ask("/static/js/app.js").headers["Content-Type"] == "text/javascript"
    assert site.ask("/static/../secret_key").status in {400, 404}


def test_a_picture_is_allowed_by_the_site_and_sent_by_nginx(site: HostedSite) -> None:
    picture = b"RIFF" + bytes(range(256)) * 8
    (site.var / "media" / "avatars").mkdir(parents=True)
    (site.var / "media" / "avatars" / AVATAR).write_bytes(picture)
    (site.var / "media" / "avatars" / "notes.html").write_text("not a picture")

    from_node = site.ask_node(site.ports[0], f"/media/avatars/{AVATAR}")
    assert (from_node.status, from_node.body) == (200, b"")

    seen = site.ask(f"/media/avatars/{AVATAR}")
    assert seen.body == picture
    assert seen.headers["X-Accel-Redirect"] is None
    assert seen.headers["Content-Type"] == "image/webp"
    assert "immutable" in seen.headers["Cache-Control"]
    assert seen.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert seen.headers.get_all("Content-Security-Policy") == ["default-src 'none'"]
    part = site.ask(f"/media/avatars/{AVATAR}", headers={"Range": "bytes=0-3"})
    assert (part.status, part.body) == (206, b"RIFF")

    for path in (f"/protected/avatars/{AVATAR}", f"//protected/avatars/{AVATAR}", "/media/avatars/notes.html"):
        assert site.ask(path).status == 404
    assert site.ask("/media/avatars/" + "b" * 22 + ".webp").status == 404


# --- Logs --------------------------------------------------------------------------------------------


def test_the_log_has_neither_queries_nor_keys(site: HostedSite) -> None:
    places = ["/join/", "/account/password/reset/key/", "/account/confirm-email/", "/mail/stop/"]
    for place in places:
        site.ask(f"{place}key-in-path/?next=key-in-query")
    log = site.folder / "nginx" / "collab.log"
    await_it(lambda: all(f"{place}* HTTP" in log.read_text() for place in places), "not all were logged")
    assert "key-in" not in log.read_text()


def test_a_socket_is_kept_for_longer_than_a_page_may_be_silent() -> None:
    place = (NGINX / "collab.conf").read_text().partition("location = /ws/ {")[2].partition("\n    }")[0]
    [seconds] = re.findall(r"\n *proxy_read_timeout (\d+)s;", place)
    assert int(seconds) > 3 * HEARTBEAT


# --- The files themselves ----------------------------------------------------------------------------


def test_debians_nginx_understands_the_files_too(site: HostedSite) -> None:
    debians = shutil.which("nginx", path="/usr/sbin")
    if debians is None:
        pytest.skip("no NGINX of the system's own here")
    configuration = filled_in(site, site.folder / "debian")
    command = nginx_command(configuration, "-t", nginx=Path(debians))
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "syntax is ok" in said.stderr, said.stderr
