"""What the settings need and the environment does not say, for a site started by `manage.py up`.

Other commands (`createsuperuser`, `shell`…) find the same site: where `up` has made a secret key, they are
given the same addresses. A site that `up` never started is given nothing.
"""

import secrets
from collections.abc import MutableMapping
from pathlib import Path
from typing import NamedTuple

from .errors import CannotStart, in_words
from .postgres import Postgres
from .server import Server
from .valkey import Valkey

PROJECT = Path(__file__).resolve().parent.parent.parent

#: Of the folder with the data: others pass through to what is open to them, and see no names.
FOLDER_MODE = 0o711

Environment = MutableMapping[str, str]


class Address(NamedTuple):
    """Where the site listens."""

    host: str
    port: int

    @property
    def reachable(self) -> "Address":
        """Where to connect to: one may listen on all addresses, but connects to one."""
        return self._replace(host={"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host))  # noqa: S104


def var_folder(environment: Environment) -> Path:
    """Where everything is kept that is not code."""
    return Path(environment.get("VAR_DIR") or PROJECT / "var").absolute()


def address(environment: Environment) -> Address:
    """HOST and PORT. Raises CannotStart for a port that is none."""
    port = environment.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotStart(f"bad setting. PORT is {port!r}; it must be a number from 1 to 65535.")
    return Address(environment.get("HOST") or "127.0.0.1", int(port))


def embedded_servers(environment: Environment) -> list[Server]:
    """The servers that belong to the site: those whose address it was not told, in the order of their start."""
    var = var_folder(environment)
    own = {"DATABASE_URL": Postgres(var / "postgres"), "REDIS_URL": Valkey(var / "valkey")}
    return [server for name, server in own.items() if environment.get(name) in {None, "", server.url}]


def complete(environment: Environment, *, starting: bool) -> None:
    """Add what is missing. `starting`: make the secret key if there is none yet.

    Raises CannotStart: a bad variable, a folder that cannot be written.
    """
    key = var_folder(environment) / "secret_key"
    try:
        if starting:
            make_secret_key(key)
        if not key.exists():
            return
        missing = {"SECRET_KEY": key.read_text().strip()} if not environment.get("SECRET_KEY") else {}
    except OSError as error:
        raise in_words(error, "keep the site's data") from error
    own = {"DATABASE_URL": Postgres(key.parent / "postgres").url, "REDIS_URL": Valkey(key.parent / "valkey").url}
    missing |= {name: url for name, url in own.items() if not environment.get(name)}
    environment.update(missing | addresses(environment))


def addresses(environment: Environment) -> dict[str, str]:
    """The addresses that people may type on this machine, unless the environment says them."""
    if environment.get("SITE_URL"):
        return {}
    port = address(environment).port
    return {
        "SITE_URL": f"http://localhost:{port}",
        "EXTRA_ORIGINS": environment.get("EXTRA_ORIGINS") or f"http://127.0.0.1:{port}",
    }


def make_secret_key(path: Path) -> None:
    """Make and keep a key that only its owner can read; a kept one stays for ever, and sessions with it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    if path.exists():
        return
    new = path.with_suffix(".new")
    # Closed before anything is in it.
    new.touch(mode=0o600)
    new.write_text(secrets.token_urlsafe(48))
    new.replace(path)
