"""Where Redis is: one server, or the master that Sentinels name.

An address of one server is redis-py's own. For Sentinels it knows none, so here is the usual one:
`redis+sentinel://user:password@host:port,host:port,host:port/service/database?sentinel_password=…`. User, password
and database are those of the master; the Sentinels' own come behind the question mark.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

import redis
import redis.asyncio as aioredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel

SCHEME = "redis+sentinel://"
PORT = 26379
#: Seconds that one Sentinel has for its answer before the next is asked: all three fit into the patience of a call.
SENTINEL_WITHIN = 0.5
_FORM = re.compile(
    r"redis\+sentinel://(?:(?P<username>[^:@/]*):(?P<password>[^:@/]*)@)?(?P<hosts>[^@/?]+)/(?P<name>[^/?#]+)"
    r"(?:/(?P<database>\d{1,5})?)?(?:\?(?P<options>[^#]*))?"
)
_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_OPTIONS = {"sentinel_username": "username", "sentinel_password": "password"}


class Service(NamedTuple):
    """A master that Sentinels name.

    `access` is what it asks for (username, password, db), `sentinel_access` what they do; each as redis-py takes it.
    """

    name: str
    sentinels: tuple[tuple[str, int], ...]
    access: Mapping[str, Any]
    sentinel_access: Mapping[str, Any]


def service_at(url: str) -> Service | None:
    """What an address of Sentinels names; None for the address of one server.

    Raises:
        ValueError: it is the address of neither.
    """
    if not url.startswith(SCHEME):
        parse_url(url)  # type: ignore[no-untyped-call]
        return None
    form = _FORM.fullmatch(url)
    if form is None:
        raise ValueError(url)
    options = dict(parse_qsl(form["options"] or "", strict_parsing=bool(form["options"])))
    if options.keys() - _OPTIONS:
        raise ValueError(url)
    said = {"username": unquote(form["username"] or ""), "password": unquote(form["password"] or "")}
    return Service(
        name=unquote(form["name"]),
        sentinels=tuple(_place(word) for word in form["hosts"].split(",")),
        access={"db": int(form["database"] or 0), **{key: value for key, value in said.items() if value}},
        sentinel_access={_OPTIONS[key]: value for key, value in options.items()},
    )


def _place(word: str) -> tuple[str, int]:
    form = _HOST.fullmatch(word)
    port = int((form and form["port"]) or PORT)
    if form is None or not 0 < port < 65536:
        raise ValueError(word)
    return form["host"].strip("[]"), port


def layer_host(url: str) -> str | dict[str, Any]:
    """The address as channels_redis takes it among its `hosts`."""
    service = service_at(url)
    if service is None:
        return url
    return {
        "master_name": service.name,
        "sentinels": list(service.sentinels),
        "sentinel_kwargs": _patience(service) | {"retry": AsyncRetry(NoBackoff(), 0)},
        **service.access,
    }


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """The address as Celery takes it, and what else its transport has to be told."""
    service = service_at(url)
    if service is None:
        # Celery has its own word for a unix socket.
        return url.replace("unix://", "redis+socket://", 1), {}
    names = [quote(str(service.access.get(key, "")), safe="") for key in ("username", "password")]
    access = f"{':'.join(names)}@" if any(names) else ""
    hosts = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in service.sentinels]
    kwargs = _patience(service) | {"retry": Retry(NoBackoff(), 0)}
    return (
        ";".join(f"sentinel://{access}{host}/{service.access['db']}" for host in hosts),
        {"master_name": service.name, "sentinel_kwargs": kwargs},
    )


class BlockingSentinelPool(SentinelConnectionPool, aioredis.BlockingConnectionPool):
    """Has a crowd wait its turn, as `BlockingConnectionPool` does, at whichever server is master."""


def blocking_pool(url: str, **options: Any) -> aioredis.ConnectionPool:
    """Connections for an event loop; `options` are those of redis-py's `BlockingConnectionPool`."""
    service = service_at(url)
    if service is None:
        return aioredis.BlockingConnectionPool.from_url(url, **options)
    sentinel = AsyncSentinel(  # type: ignore[no-untyped-call]
        service.sentinels, sentinel_kwargs=_patience(service) | {"retry": AsyncRetry(NoBackoff(), 0)}
    )
    return BlockingSentinelPool(service.name, sentinel, **service.access, **options)  # type: ignore[no-untyped-call]


async def close_sentinels(pool: aioredis.ConnectionPool) -> None:
    """Close what a pool had open to Sentinels to ask for the master, if it did."""
    if isinstance(pool, SentinelConnectionPool):
        await pool.sentinel_manager.aclose()


@contextlib.contextmanager
def client(url: str, **options: Any) -> Iterator["redis.Redis"]:
    """A client without an event loop, closed at the end; `options` are those of redis-py's `Redis`."""
    service = service_at(url)
    if service is None:
        with redis.Redis.from_url(url, **options) as one:
            yield one
        return
    kwargs = _patience(service) | {"retry": Retry(NoBackoff(), 0)}
    with (
        Sentinel(service.sentinels, sentinel_kwargs=kwargs) as sentinel,  # type: ignore[no-untyped-call]
        sentinel.master_for(service.name, **service.access, **options) as master,
    ):
        yield master


def _patience(service: Service) -> dict[str, Any]:
    """How the Sentinels are spoken to: one that hangs or is gone holds nobody up."""
    within = {"socket_timeout": SENTINEL_WITHIN, "socket_connect_timeout": SENTINEL_WITHIN}
    return {**within, **service.sentinel_access}
