"""The Sentinels: whether they answer, and agree on a master."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import redis

from collab.doctor.finding import Finding, Unknown, fine, redis_cli, shell, to_do, variables, wrong
from collab.doctor.redis_server import subject
from collab.doctor.site import Site
from collab.live import redis_address
from collab.live.redis_address import Service

#: Milliseconds that a hung master should go unnoticed at most.
SLOWEST = 10_000


@subject.check("sentinels")
def sentinels(site: Site) -> Finding:
    """All Sentinels answer and name the same master."""
    site.need("REDIS_URL")
    service = redis_address.service_at(site.settings.REDIS_URL)
    if service is None:
        raise Unknown("REDIS_URL names none")
    told = {f"{host}:{port}": _master(service, host, port) for host, port in service.sentinels}
    return judge_sentinels(service.name, told)


def _master(service: Service, host: str, port: int) -> Mapping[str, Any] | None:
    """What one of them tells of the master; None where it does not answer."""
    within = redis_address.SENTINEL_WITHIN
    try:
        with redis.Redis(
            host=host, port=port, socket_timeout=within, socket_connect_timeout=within, **service.sentinel_access
        ) as asked:
            told: Mapping[str, Any] = asked.sentinel_master(service.name)
            return told
    except redis.RedisError:
        return None


def judge_sentinels(name: str, told: Mapping[str, Mapping[str, Any] | None]) -> Finding:
    """By what each of them tells; None: it does not answer, or knows no such master."""
    named = Counter(f"{master['ip']}:{master['port']}" for master in told.values() if master)
    silent = [place for place, master in told.items() if not master]
    if not named:
        return wrong(f"No Sentinel answers or knows {name}.", shell("systemctl enable --now redis-sentinel"))
    if len(named) > 1:
        odd = named.most_common()[-1][0]
        return wrong(
            f"The Sentinels name different masters ({', '.join(named)}). Have those that name {odd} forget it:",
            redis_cli(f"SENTINEL RESET {name}"),
        )
    if silent:
        return to_do(
            f"{', '.join(silent)} does not answer or does not know {name}: without a majority no new master is chosen.",
            shell("systemctl enable --now redis-sentinel"),
        )
    return _judge_choice(name, [master for master in told.values() if master])


def _judge_choice(name: str, masters: list[Mapping[str, Any]]) -> Finding:
    slow = max(int(each["down-after-milliseconds"]) for each in masters)
    if len(masters) < 3:
        return to_do(
            f"There are {len(masters)} Sentinels; with fewer than three none may die.", variables(_example(name))
        )
    if not min(int(each["num-slaves"]) for each in masters):
        return to_do("The master has no replica to take its place.", redis_cli("REPLICAOF MASTER_HOST 6379"))
    if slow > SLOWEST:
        return to_do(
            f"A master that hangs is replaced after {slow / 1000:.0f} s only.",
            redis_cli(f"SENTINEL SET {name} down-after-milliseconds 3000"),
        )
    return fine(f"{len(masters)} agree")


def _example(name: str) -> str:
    return f"REDIS_URL=redis+sentinel://one:26379,two:26379,three:26379/{name}/0"
