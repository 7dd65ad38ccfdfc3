"""What a check tells: how it stands, in plain words, and the lines that mend it."""

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """How a thing stands."""

    FINE = "fine"
    #: It works, and an expert would change it.
    TO_DO = "to do"
    WRONG = "wrong"
    #: It could not be looked at.
    UNKNOWN = "unknown"


class Where(enum.StrEnum):
    """Where lines are to be put."""

    SHELL = "In a shell"
    OUTSIDE = "On the host of the containers"
    SERVICE = "Keep running, such as by systemd"
    VARIABLES = "Among the site's variables, then start it anew"
    NGINX_LOCATION = "In NGINX, in each location with proxy_pass"
    NGINX_SOCKETS = "In NGINX, in the location of /ws/"
    NGINX_SERVER = "In NGINX, in the server block"
    NGINX_HTTP = "In NGINX, beside the other server blocks"
    REDIS = "In redis-cli (or valkey-cli)"
    SQL = "In psql, as a superuser"
    SYSTEMD = "In the systemd unit of the nodes, under [Service]"


@dataclass(frozen=True)
class Mend:
    """Lines to copy, and where they go."""

    where: Where
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    level: Level
    says: str
    mends: tuple[Mend, ...] = ()


class Unknown(Exception):
    """It cannot be looked at; the text says why."""


def fine(says: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, says)


def to_do(says: str, *mends: Mend) -> Finding:
    """It works, but not as well as it could."""
    return Finding(Level.TO_DO, says, mends)


def wrong(says: str, *mends: Mend) -> Finding:
    """People suffer from it, or will."""
    return Finding(Level.WRONG, says, mends)


#: Node after node: each sends its people on to the others.
ANEW = (
    "systemctl restart collab-node@8001",
    "systemctl restart collab-node@8002   # once the first is ready; and so on",
)


def shell(*lines: str) -> Mend:
    """Commands that end."""
    return Mend(Where.SHELL, lines)


def service(*lines: str) -> Mend:
    """Commands that go on for ever."""
    return Mend(Where.SERVICE, lines)


def variables(*lines: str) -> Mend:
    """Settings of the site."""
    return Mend(Where.VARIABLES, lines)


def in_location(*lines: str) -> Mend:
    """Directives of NGINX beside `proxy_pass`."""
    return Mend(Where.NGINX_LOCATION, lines)


def in_sockets(*lines: str) -> Mend:
    """Directives of NGINX for the WebSocket alone."""
    return Mend(Where.NGINX_SOCKETS, lines)


def in_server(*lines: str) -> Mend:
    """Directives of NGINX for the whole site."""
    return Mend(Where.NGINX_SERVER, lines)


def redis_cli(*lines: str) -> Mend:
    """Commands of Redis."""
    return Mend(Where.REDIS, lines)


def sql(*lines: str) -> Mend:
    """Statements of PostgreSQL."""
    return Mend(Where.SQL, lines)
