"""Redis or Valkey: whether it answers, and keeps what it is given."""

import math
from typing import Any

import redis

from collab.doctor.finding import Finding, Mend, Unknown, fine, redis_cli, shell, to_do, variables, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.embedded.outside import first_line
from collab.live import redis_address

subject = Subject("Redis")

#: Seconds for an answer.
WITHIN = 3
#: The oldest with what the site uses, and connections that it needs at the least.
OLDEST = (6, 2)
LEAST_CLIENTS = 1000
MB = 1024 * 1024
#: Far more than a small site needs.
LEAST_MB = 256


def client(site: Site) -> "redis.Redis":
    """One client for all checks, which has answered. Raises redis.RedisError."""
    options = {"socket_timeout": WITHIN, "socket_connect_timeout": WITHIN}
    found = site.at_end.enter_context(redis_address.client(site.settings.REDIS_URL, **options))
    found.ping()
    return found


def connected(site: Site) -> "redis.Redis":
    """The same, for all checks but the first of them. Raises Unknown."""
    site.need("REDIS_URL")
    try:
        return site.once(client)
    except redis.RedisError as error:
        raise Unknown("Redis does not answer; see the check redis") from error


def info(site: Site) -> dict[str, Any]:
    """All that it tells of itself."""
    told: dict[str, Any] = connected(site).info()
    return told


def config(site: Site) -> dict[str, str]:
    """All of its settings. Raises Unknown where it tells none, as hosted ones do."""
    try:
        told: Any = connected(site).config_get("*")
    except redis.ResponseError as error:
        raise Unknown("it does not tell its settings; see those of whoever hosts it") from error
    return dict(told)


def lines(site: Site, *commands: str) -> Mend:
    """Commands for redis-cli; where the server has a file of settings, they are kept there."""
    keep = ["CONFIG REWRITE"] if site.once(info).get("config_file") else []
    return redis_cli(*commands, *keep)


@subject.check("redis")
def answers(site: Site) -> Finding:
    """Redis answers."""
    site.need("REDIS_URL")
    try:
        site.once(client)
    except redis.RedisError as error:
        if not site.embeds("valkey"):
            return wrong(
                f"The Redis at REDIS_URL does not answer: {first_line(error)}. Start it, or say where it is. Meanwhile "
                "nobody is seen to be online, nothing is mailed, and messages reach other nodes late.",
                shell("systemctl enable --now redis-server"),
                variables("REDIS_URL=redis://localhost:6379/0"),
            )
        if site.starts_later:
            raise Unknown("it is started with the site") from error
        return wrong("The site's own Valkey does not run.", site.keep_running("up"))
    return fine("answers")


@subject.check("redis-version")
def version(site: Site) -> Finding:
    """It is new enough."""
    told = site.once(info)
    return judge_version(str(told.get("valkey_version") or told["redis_version"]), "valkey_version" in told)


def judge_version(said: str, is_valkey: bool) -> Finding:
    """By what it calls itself, such as 7.2.4."""
    if is_valkey or tuple(map(int, said.split(".")[:2])) >= OLDEST:
        return fine(f"{'Valkey' if is_valkey else 'Redis'} {said}")
    oldest = ".".join(map(str, OLDEST))
    return wrong(f"Redis is {said}; {oldest} or newer is needed.", shell("apt install redis-server"))


@subject.check("redis-eviction")
def eviction(site: Site) -> Finding:
    """Nothing is thrown away for lack of memory."""
    told = site.once(config)
    policy, most = told["maxmemory-policy"], int(told["maxmemory"])
    if policy == "noeviction" or not most:
        return fine("none")
    return wrong(
        f"With {most // MB} MB full it throws away what it likes ({policy}): tasks that wait, and who is online.",
        lines(site, "CONFIG SET maxmemory-policy noeviction"),
    )


@subject.check("redis-memory")
def memory(site: Site) -> Finding:
    """There is room in its memory."""
    told = site.once(info)
    used, most = told["used_memory"], told.get("maxmemory", 0)
    return judge_memory(used, most, lines(site, f"CONFIG SET maxmemory {roomier(used, most)}mb"))


def roomier(used: int, most: int) -> int:
    """A bound, in MB, for one that has become too small: twice what was, and what any site should have."""
    return max(LEAST_MB, 2 * math.ceil(max(used, most) / MB))


def judge_memory(used: int, most: int, mend: Mend) -> Finding:
    """By bytes used and allowed; 0: as many as there are."""
    if not most or used < 0.8 * most:
        return fine(f"{used / MB:.0f} MB used")
    return wrong(
        f"{used / MB:.0f} of {most / MB:.0f} MB are used; once they are full nothing is queued any more.", mend
    )


@subject.check("redis-role")
def role(site: Site) -> Finding:
    """It is the server that takes writes, and no copy of it."""
    told = site.once(info)
    if told["role"] == "master":
        return fine("it is")
    return wrong(
        f"REDIS_URL leads to a replica of {told['master_host']}, which takes no writes. Name that one, or make "
        "this one the master.",
        redis_cli("REPLICAOF NO ONE"),
    )


@subject.check("redis-disk")
def disk(site: Site) -> Finding:
    """It can save, and so takes writes."""
    told = site.once(info)
    broken = [name for name in ("rdb_last_bgsave_status", "aof_last_write_status") if told.get(name, "ok") != "ok"]
    if not broken:
        return fine("saves well")
    return wrong(
        f"It could not save last time ({', '.join(broken)}), and may refuse all writes. Free its disk, then "
        "have it try.",
        redis_cli("BGSAVE"),
    )


@subject.check("redis-clients")
def clients(site: Site) -> Finding:
    """It takes as many connections as nodes and workers open."""
    most, now = int(site.once(config)["maxclients"]), int(site.once(info)["connected_clients"])
    if most >= LEAST_CLIENTS and now < 0.8 * most:
        return fine(f"{now} of {most}")
    return wrong(
        f"{now} of at most {most} connections are in use.", lines(site, f"CONFIG SET maxclients {max(10_000, 4 * now)}")
    )


@subject.check("redis-password")
def password(site: Site) -> Finding:
    """Nobody else gets at it."""
    told = site.once(config)
    if told.get("requirepass") or told["port"] == "0" == told.get("tls-port", "0") or told["protected-mode"] == "yes":
        return fine("closed to strangers")
    binds = told["bind"].split()
    if binds and all(each.lstrip("-").startswith("127.") or each.lstrip("-") == "::1" for each in binds):
        return fine("open to this machine alone")
    return wrong(
        "It takes connections from everywhere and asks for no password: whoever reaches its port reads along, and runs "
        "what they like in it.",
        lines(site, "CONFIG SET protected-mode yes", 'CONFIG SET bind "127.0.0.1 -::1"'),
    )


@subject.check("redis-idle")
def idle(site: Site) -> Finding:
    """It cuts no connection for being silent."""
    seconds = int(site.once(config)["timeout"])
    if not seconds:
        return fine("it does not")
    return to_do(f"It cuts connections that were silent for {seconds} s.", lines(site, "CONFIG SET timeout 0"))
