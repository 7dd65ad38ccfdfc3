"""Nobody fills the memory of the site with one request: a body that is too large is refused before it is kept."""

import contextlib
import http.client
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from accounts.models import User
from accounts.pictures import MAX_BYTES
from collab.live.bodies import MAX_BODY
from tests.live.sockets import sign_in
from tests.protocol.signin import Browser

if TYPE_CHECKING:
    from tests.protocol.node import Node

pytestmark = pytest.mark.parametrize("node", ["tuned"], indirect=True)

PIECE = b"x" * 1_000_000
PIECES = 200
#: What a refused body may at most leave behind; Daphne as it comes keeps all of it.
LITTLE = 30 * 1_000_000


def held(node: "Node") -> int:
    """Bytes of memory that the node holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{node.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.fixture
def connection(node: "Node") -> Iterator[http.client.HTTPConnection]:
    """A connection to the node, of somebody who is not signed in."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)) as made:
        yield made


def start(connection: http.client.HTTPConnection, **headers: str) -> None:
    connection.putrequest("POST", "/api/v1/workspaces/")
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()


def assert_refused(connection: http.client.HTTPConnection) -> None:
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"], answer.headers["Content-Type"]) == (
        413,
        "close",
        "application/json",
    )
    assert json.loads(answer.read()) == {"code": "too_large", "message": "That is more than 11 MB at once."}


def test_what_is_announced_as_too_large_is_refused_before_it_is_sent(connection: http.client.HTTPConnection) -> None:
    start(connection, Content_Length=str(MAX_BODY + 1))
    assert_refused(connection)


def test_who_asks_before_sending_is_not_told_to_go_on(connection: http.client.HTTPConnection) -> None:
    start(connection, Content_Length=str(MAX_BODY + 1), Expect="100-continue")
    assert connection.sock
    assert b"100 Continue" not in connection.sock.recv(1_000)


def test_a_browser_is_told_in_words(connection: http.client.HTTPConnection) -> None:
    start(connection, Content_Length=str(MAX_BODY + 1), Accept="text/html,*/*;q=0.8")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (413, "text/plain; charset=utf-8")
    assert b"choose something smaller" in answer.read()


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_large_body_is_not_kept(node: "Node", connection: http.client.HTTPConnection, is_chunked: bool) -> None:
    before = held(node)
    if is_chunked:
        start(connection, Transfer_Encoding="chunked")
    else:
        start(connection, Content_Length=str(PIECES * len(PIECE)))
    for _ in range(PIECES):
        connection.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE)
        assert held(node) - before < LITTLE
    assert_refused(connection)
    assert connection.sock is None or connection.sock.recv(1) == b""
    assert held(node) - before < LITTLE


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_of_the_largest_size_comes_through(connection: http.client.HTTPConnection, is_chunked: bool) -> None:
    body = PIECE * (MAX_BODY // len(PIECE)) + b"x" * (MAX_BODY % len(PIECE))
    connection.request("POST", "/api/v1/workspaces/", iter([body]) if is_chunked else body, encode_chunked=is_chunked)
    assert connection.getresponse().status == 401


@pytest.mark.django_db(transaction=True)
def test_a_picture_of_the_largest_size_is_taken(
    node: "Node", connection: http.client.HTTPConnection, ada: User
) -> None:
    browser = Browser(node.site, {"sessionid": sign_in(ada)})
    browser.request("GET", "/account/profile/")
    made = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(made, "PNG")
    picture = made.getvalue().ljust(MAX_BYTES, b"\0")
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{browser.cookies["csrftoken"]}\r\n'
        '--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "Referer": node.site,
    }
    connection.request("POST", "/account/profile/picture/", parts.encode() + picture + b"\r\n--x--\r\n", headers)
    assert connection.getresponse().status == 302
    ada.refresh_from_db()
    assert ada.avatar
