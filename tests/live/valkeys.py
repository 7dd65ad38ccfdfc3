"""A Valkey that a test may kill, hang and bring back."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import redis

from collab.embedded.once import came_up
from collab.embedded.valkey import Valkey
from collab.live.redis_layer import RedisLayer


class FrailValkey(Valkey):
    """Keeps nothing, and does what it is told at once."""

    process: "subprocess.Popen[bytes]"

    def program(self) -> list[str]:
        return [*super().program(), "--appendonly", "no"]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, start_new_session=True)
        assert came_up(self, self.process)

    def kill(self) -> None:
        """Die, and forget everything."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def hang(self) -> None:
        """Take what is sent, and answer nothing."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def cut_subscribers(self) -> None:
        """Close the connections that hear, and no other."""
        with redis.Redis.from_url(self.url) as client:
            client.client_kill_filter(_type="pubsub")


class Way:
    """Makes layers to a Valkey, for whoever is not kept from it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_shut = False

    def __call__(self) -> RedisLayer:
        if self.is_shut:
            raise ConnectionRefusedError
        return RedisLayer(hosts=[self.url])


@contextlib.contextmanager
def frail_valkey() -> Iterator[FrailValkey]:
    with tempfile.TemporaryDirectory(prefix="collab-valkey-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        valkey = FrailValkey(Path(folder))
        valkey.prepare()
        valkey.start()
        try:
            yield valkey
        finally:
            valkey.kill()
