"""The tuned server against the cases of the Autobahn test suite: RFC 6455, frame by frame."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collab.running import PROJECT, free_port
from tests.live.waiting import until

#: Frames of up to 16 MiB, where the server takes 1 MiB; and compression, which it does not offer.
NOT_FOR_US = ["9.*", "12.*", "13.*"]
#: Cases that send a frame in pieces and expect silence between them: run alone, or their own delays confuse them.
WAITS = "6.4.*"
#: Their client fails, too, where the machine is so busy that its own timers are late; a server that is wrong is so
#: every time.
ATTEMPTS = 3


@pytest.fixture
def port() -> Iterator[int]:
    """Where the echo listens."""
    port = free_port()
    command = [sys.executable, "-m", "collab.live.server", "-b", "127.0.0.1", "-p", str(port)]
    command.append("tests.live.echo:application")
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        yield port
        server.terminate()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@pytest.mark.parametrize(
    ("chosen", "at_once", "count"),
    [
        ([f"--exclude={cases}" for cases in (*NOT_FOR_US, WAITS)], 4, 243),
        ([f"--include={WAITS}"], 1, 4),
    ],
    ids=["all that do not wait", "those that wait"],
)
async def test_every_case_passes(port: int, tmp_path: Path, chosen: list[str], at_once: int, count: int) -> None:
    await until(lambda: answers(port))
    program = str(Path(sys.executable).with_name("kosoku"))
    command = [program, *chosen, f"-p{at_once}", "-o", str(tmp_path), f"127.0.0.1:{port}"]
    # Its cases were written for autobahn's own validator of UTF-8, not for the fast one.
    environment = os.environ | {"AUTOBAHN_USE_NVX": "0"}

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    for _ in range(ATTEMPTS):
        done = await asyncio.to_thread(run)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"wrote reports for {count} cases" in done.stdout
