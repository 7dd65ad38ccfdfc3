"""What the embedded servers have in common."""

import hashlib
import os
import sys
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from .account import own_folder, servers_user

TETHER = Path(__file__).with_name("tether.py")

# A unix socket's path has room for 107 bytes; the longest name put into the folder has 18.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


def tethered(command: list[str], *, signal: str = "SIGTERM", user: str | None = None) -> list[str]:
    """The command, ended by `signal` when this process dies, however it dies."""
    return [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), user or "-", signal, *command]


def socket_folder(folder: Path) -> Path:
    """Where a server whose data are in `folder` puts its socket: there, or somewhere with a shorter path."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path(tempfile.gettempdir()) / f"collab-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


class Server(ABC):
    """A server in a folder of its own, reached only through a socket that only its user and root can open."""

    #: What its lines are marked with.
    name: str
    #: The signal that ends it cleanly, whoever is still connected.
    stop_signal: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = socket_folder(folder)

    @property
    @abstractmethod
    def url(self) -> str:
        """Its address, as the settings take it."""

    @abstractmethod
    def prepare(self) -> None:
        """Make what it needs on disk. Raises CannotStart or OSError."""

    @abstractmethod
    def program(self) -> list[str]:
        """The command that runs it in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """It answers."""

    def command(self) -> list[str]:
        """The command that runs it tied to this process, as the servers' user."""
        user = servers_user()
        return tethered(self.program(), signal=self.stop_signal, user=user.pw_name if user else None)

    def make_folders(self) -> None:
        """Its folder and its socket's, closed to everyone else."""
        own_folder(self.folder)
        own_folder(self.sockets)
