"""The site's programs, each by its own command, as systemd or any other supervisor starts them."""

import signal
import socket
import subprocess
import sys
import time

import pytest
import redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from collab.embedded.environment import PROJECT
from collab.live.errors import Close
from tests.deploy.hosted import PATIENCE, HostedSite, await_it


def refusal(site: HostedSite, *arguments: str, **variables: str) -> str:
    """What a command says that does not start."""
    run = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=site.environment | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    return run.stderr.strip()


def tasks_waiting(site: HostedSite) -> int:
    """Tasks that beat has asked for and no worker has taken."""
    with redis.Redis.from_url(site.valkey.url) as client:
        return int(client.llen("celery"))


def close_code(socket: ClientConnection) -> int | None:
    """What a socket is closed with, whatever comes before."""
    try:
        while True:
            socket.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_a_node_that_is_told_to_go_says_goodbye_and_is_gone_in_time(site: HostedSite) -> None:
    began = time.monotonic()
    # As many as reach both nodes.
    with site.open_socket(site.seats[0]) as one, site.open_socket(site.seats[0]) as other:
        for node in site.nodes.values():
            node.send_signal(signal.SIGTERM)
        assert [node.wait(PATIENCE) for node in site.nodes.values()] == [0, 0]
        assert [close_code(each) for each in (one, other)] == [Close.GOING_AWAY] * 2
    assert time.monotonic() - began < 15
    for port in site.ports:
        site.start_node(port)


def test_beat_asks_and_a_worker_does(site: HostedSite) -> None:
    beat = site.start("beat", [sys.executable, "manage.py", "beat"])
    await_it(lambda: tasks_waiting(site) > 0, "beat asks for nothing")
    worker = site.start("worker", [sys.executable, "manage.py", "worker"])
    await_it(lambda: tasks_waiting(site) == 0, "the worker does nothing")
    for program in (beat, worker):
        program.terminate()
        assert program.wait(PATIENCE) == 0


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1"])
def test_a_port_that_is_none(site: HostedSite, port: str) -> None:
    said = refusal(site, "node", f"--port={port}")
    assert said == f"CommandError: bad setting. PORT is {port!r}; it must be a number from 1 to 65535."


def test_a_port_in_the_environment_that_is_none(site: HostedSite) -> None:
    assert "PORT is 'x'" in refusal(site, "node", PORT="x")


def test_a_port_in_use(site: HostedSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refusal(site, "node", f"--port={port}")
    assert said == f"CommandError: port {port} is in use. Stop what uses it, or start on another: --port={port + 1}"


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_a_host_that_is_no_address_of_this_machine(site: HostedSite, host: str) -> None:
    assert "HOST" in refusal(site, "node", f"--host={host}", f"--port={site.ports[0]}")
    assert "an address of this machine" in refusal(site, "node", HOST=host, PORT=str(site.ports[0]))


@pytest.mark.parametrize("command", ["node", "worker", "beat", "canary"])
def test_what_a_command_does_not_know_is_refused(site: HostedSite, command: str) -> None:
    assert "unrecognized arguments: --fast" in refusal(site, command, "--fast")


@pytest.mark.parametrize("command", ["node", "worker", "beat", "canary"])
def test_a_bad_setting_is_named_before_anything_runs(site: HostedSite, command: str) -> None:
    assert "SITE_URL" in refusal(site, command, SITE_URL="chat.example.org")
    assert "ACCEL_REDIRECT" in refusal(site, command, ACCEL_REDIRECT="perhaps")
