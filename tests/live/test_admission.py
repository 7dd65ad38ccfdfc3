"""A crowd at the door: let in a few at a time, and everyone in the end."""

import asyncio
import http.client
from functools import partial
from pathlib import Path

import pytest
from twisted.python.failure import Failure
from websockets.asyncio.client import connect

from collab.live.admission import FEW, MANY, MOST, Admission, with_backlog
from tests.live.test_conformance import answers
from tests.live.test_gone import Server
from tests.live.waiting import PATIENCE, until


def test_only_so_many_are_worked_on_and_the_door_is_closed_while_many_wait() -> None:
    said: list[str | int] = []
    admission = Admission(lambda: said.append("close"), lambda: said.append("reopen"))
    promises = [admission.admit(number, partial(said.append, number)) for number in range(MOST + MANY)]
    assert promises[:MOST] == [None] * MOST
    assert said == [*range(MOST), "close"]
    # One that gives up while it waits is not begun, and nobody is begun for it.
    admission.end(MOST)
    assert admission.gauges() == {"handshakes": MOST, "waiting": MANY - 1}
    for number in range(MANY - FEW - 1):
        admission.end(number)
        admission.end(number)
    assert said == [*range(MOST), "close", *range(MOST + 1, MOST + MANY - FEW), "reopen"]
    assert all(promise.called for promise in promises[MOST + 1 : MOST + MANY - FEW])


def test_one_that_cannot_be_begun_fails_alone() -> None:
    admission = Admission(lambda: None, lambda: None)
    for number in range(MOST):
        admission.admit(number, lambda: None)
    failed, begun = admission.admit("failing", lambda: 1 / 0), admission.admit("next", lambda: "begun")
    failures: list[Failure] = []
    failed.addErrback(failures.append)
    admission.end(0)
    admission.end("failing")
    assert isinstance(failures[0].value, ZeroDivisionError)
    assert begun.result == "begun"


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("tcp:port=8000:interface=127.0.0.1", "tcp:port=8000:interface=127.0.0.1:backlog=4096"),
        ("unix:/run/collab.sock", "unix:/run/collab.sock:backlog=4096"),
        ("tcp:port=8000:backlog=7", "tcp:port=8000:backlog=7"),
        ("systemd:domain=INET:index=0", "systemd:domain=INET:index=0"),
    ],
)
def test_a_port_has_room_for_a_crowd_unless_it_says_how_much(endpoint: str, expected: str) -> None:
    assert with_backlog(endpoint) == expected


async def test_more_than_the_bound_wait_and_none_fails(tmp_path: Path) -> None:
    server = Server(tmp_path / "log", "slow_door")
    try:
        await until(lambda: answers(server.port))
        page = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        page.request("GET", "/")
        page.getresponse().read()
        address = f"ws://127.0.0.1:{server.port}/"
        crowd = [asyncio.ensure_future(connect(address, open_timeout=PATIENCE)) for _ in range(3 * MOST)]
        await server.holds(handshakes=MOST, waiting=range(MANY, 2 * MOST + 1))
        page.request("GET", "/")
        assert page.getresponse().read() == b"Open"
        await server.holds(handshakes=MOST)
        assert not any(each.done() for each in crowd)
        # Who is inside is served meanwhile, and opens the door.
        page.request("GET", "/open")
        assert page.getresponse().read() == b"Open"
        inside = await asyncio.gather(*crowd)
        await server.holds(handshakes=0, waiting=0)
        for websocket in inside:
            await websocket.close()
    finally:
        server.process.kill()
        server.process.wait()
