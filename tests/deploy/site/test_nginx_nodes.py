"""Nodes that go, and the NGINX of deploy/nginx before them."""

import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.hosted import NAME, NGINX, HostedSite, Limited, await_it, greet


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
