"""The site through the NGINX of deploy/nginx, as people and programs outside see it."""

import contextlib
import copy
import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from bench.site import free_port
from collab.live.errors import Close
from collab.live.limits import HEARTBEAT
from tests.deploy.hosted import (
    NAME,
    NGINX,
    PATIENCE,
    HostedSite,
    await_it,
    filled_in,
    greet,
    nginx_command,
)

AVATAR = "a" * 22 + ".webp"


class FailingNode(socketserver.ThreadingTCPServer):
    """Takes requests, counts them, and answers each with the same bytes; with none, it hangs up."""

    allow_reuse_address = True
    daemon_threads = True
    answer = b""
    asked = 0
    last = b""

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.last = request.recv(65536)
        self.asked += 1
        request.sendall(self.answer)

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, socketserver.BaseRequestHandler)


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


# --- Limits ------------------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused(site: HostedSite) -> None:
    assert site.ask("/account/login/", method="POST", body=b"x" * (11 * 2**20)).status == 403
    refused = site.ask("/account/login/", method="POST", body=b"x" * (11 * 2**20 + 1))
    assert refused.status == 413
    # By NGINX: a node would answer the same, in its own words.
    assert b"nginx" in refused.body


def test_a_guesser_of_passwords_is_held_up_and_readers_are_not(site: HostedSite) -> None:
    with ThreadPoolExecutor(8) as guessers:
        answers = list(guessers.map(lambda _: site.ask("/account/login/", method="POST"), range(120)))
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert {answer.status for answer in answers} == {403, 429}
    assert refused[0].headers["Retry-After"] == "2"
    assert b"Try again" in refused[0].body
    assert site.ask("/account/login/").status == 200


Limited = Callable[..., HostedSite]


@pytest.fixture
def limited(site: HostedSite, tmp_path: Path) -> Iterator[Limited]:
    """Starts another NGINX before the same nodes, with its configuration changed in places that stand there once."""
    other = copy.copy(site)
    other.port, other.plain_port = free_port(), free_port()
    started = []

    def start(*changes: tuple[str, str]) -> HostedSite:
        configuration = filled_in(other, tmp_path / "nginx")
        file = configuration.with_name("collab.conf")
        text = file.read_text()
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file.write_text(text)
        started.append(other.start_nginx(configuration))
        return other

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)


def handshake(site: HostedSite) -> int:
    """The status that a socket is answered with: 101 where it is open, and closed again."""
    try:
        site.open_socket(site.seats[0]).close()
    except InvalidStatus as refusal:
        return refusal.response.status_code
    return 101


def test_a_program_that_asks_for_more_than_people_do_is_held_up(limited: Limited) -> None:
    site = limited(("collab_requests:10m rate=100r/s", "collab_requests:10m rate=1r/m"), ("burst=400 ", "burst=2 "))
    answers = [site.ask("/account/login/") for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "2"
    assert handshake(site) == 101


def test_a_program_that_has_more_under_way_than_people_do_is_held_up(limited: Limited) -> None:
    site = limited(("collab_pages_of 200", "collab_pages_of 1"))

    def is_one_more_held_up() -> bool:
        # Where NGINX still counts what was asked for just before, it is this one that is held up: then again.
        with contextlib.closing(site.connection()) as slow:
            slow.putrequest("POST", "/join/x/")
            slow.putheader("Content-Length", "1")
            # The rest of it does not come.
            slow.endheaders()
            return site.ask("/account/login/").status == 429 and handshake(site) == 101

    await_it(is_one_more_held_up, "one more was taken")
    await_it(lambda: site.ask("/account/login/").status == 200, "nobody is served any more")


def test_handshakes_that_come_faster_than_people_do_are_held_up(limited: Limited) -> None:
    rate = ("collab_handshakes:10m rate=100r/s", "collab_handshakes:10m rate=1r/m")
    site = limited(rate, ("burst=1000 ", "burst=1 "))
    assert [handshake(site) for _ in range(4)] == [101, 101, 429, 429]
    assert site.ask("/account/login/").status == 200


def test_more_sockets_than_people_have_are_held_up(limited: Limited) -> None:
    site = limited(("collab_sockets_of 4000", "collab_sockets_of 2"))
    with site.open_socket(site.seats[0]):
        with site.open_socket(site.seats[1]):
            assert handshake(site) == 429
            assert site.ask("/account/login/").status == 200
        await_it(lambda: handshake(site) == 101, "no place became free")


# --- Logs --------------------------------------------------------------------------------------------


def test_the_log_has_neither_queries_nor_keys(site: HostedSite) -> None:
    places = ["/join/", "/account/password/reset/key/", "/account/confirm-email/", "/mail/stop/"]
    for place in places:
        site.ask(f"{place}key-in-path/?next=key-in-query")
    log = site.folder / "nginx" / "collab.log"
    await_it(lambda: all(f"{place}* HTTP" in log.read_text() for place in places), "not all were logged")
    assert "key-in" not in log.read_text()


# --- Nodes that go -----------------------------------------------------------------------------------


@pytest.fixture
def dead(site: HostedSite) -> Iterator[int]:
    """The port of a node that was killed; it is back at the end."""
    port = site.ports[0]
    site.nodes[port].kill()
    site.nodes[port].wait()
    yield port
    site.start_node(port)


@pytest.fixture
def failing(dead: int) -> Iterator[FailingNode]:
    """One that answers nothing but errors stands in its place."""
    with FailingNode(("127.0.0.1", dead)) as node:
        thread = threading.Thread(target=node.serve_forever, daemon=True)
        thread.start()
        yield node
        node.shutdown()


@pytest.mark.usefixtures("dead")
def test_a_node_that_is_killed_is_not_missed(site: HostedSite) -> None:
    assert [site.ask("/account/login/").status for _ in range(8)] == [200] * 8
    # What no node has begun goes to the next, whatever it is.
    assert [site.ask("/join/x/", method="POST").status for _ in range(8)] == [403] * 8
    for _ in range(4):
        with site.open_socket(site.seats[0]) as socket:
            greet(socket)


def test_a_node_that_sends_sockets_on_is_not_asked_in_vain(site: HostedSite, failing: FailingNode) -> None:
    failing.answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    for _ in range(6):
        with site.open_socket(site.seats[0]) as socket:
            greet(socket)
    assert failing.asked


def test_what_a_request_says_of_itself_is_overwritten(site: HostedSite, failing: FailingNode) -> None:
    lies = dict.fromkeys(("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"), "lie")
    while not failing.asked:
        site.ask("/account/login/", headers={**lies, "X-Forwarded-Proto": "lie"})
    assert b"lie" not in failing.last
    assert b"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n" in failing.last
    assert f"Host: {NAME}:{site.port}\r\n".encode() in failing.last


def test_what_may_have_been_done_is_never_sent_twice(site: HostedSite, failing: FailingNode) -> None:
    failing.answer = b""
    assert [site.ask("/account/login/").status for _ in range(6)] == [200] * 6
    assert failing.asked
    failing.asked = 0
    answers = [site.ask("/join/x/", method="POST").status for _ in range(8)]
    assert failing.asked
    assert answers.count(503) == failing.asked
    assert answers.count(403) == 8 - failing.asked


def test_with_no_node_at_all_people_are_told_in_words(site: HostedSite, dead: int) -> None:
    others = [port for port in site.ports if port != dead]
    for port in others:
        site.nodes[port].kill()
        site.nodes[port].wait()
    try:
        answer = site.ask("/account/login/")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert b"try again" in answer.body
    finally:
        for port in others:
            site.start_node(port)


def test_a_person_comes_back_to_their_node_where_the_site_likes(limited: Limited, tmp_path: Path) -> None:
    sockets = (NGINX / "collab.conf").read_text().partition("upstream collab_sockets {")[2].partition("server ")[0]
    sticky = sockets.replace("    least_conn;\n", "").replace("# hash $cookie", "hash $cookie")
    assert (sockets.count("least_conn;"), sticky.count("least_conn;"), sticky.count("\n    hash ")) == (1, 0, 1)
    site = limited((sockets, sticky))
    for _ in range(6):
        with site.open_socket(site.seats[0]) as socket:
            greet(socket)
    log = tmp_path / "nginx" / "collab.log"
    await_it(lambda: len(nodes_of_sockets(log)) == 6, "not all were logged")
    assert len(set(nodes_of_sockets(log))) == 1


def nodes_of_sockets(log: Path) -> list[str]:
    """By an NGINX's log, where each socket was."""
    return re.findall(r'"GET /ws/ .* 101 .* node=(\S+)', log.read_text())


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
