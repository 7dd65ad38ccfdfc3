"""Planted faults: each is found by exactly the check that is meant for it, and its own lines mend it.

The site is a real one: PostgreSQL, Valkey, nodes, NGINX with TLS, worker, beat and a mail server. Where a line holds
what only a host can know (a password, a host's name) or needs a system that is not here (certbot, systemd), a test says
itself what is done instead.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from collab.doctor.finding import Level, Where
from tests.collab.doctor.living import LivingSite
from tests.protocol.node import free_port

Plant = Callable[[LivingSite], None]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    check: the only one that finds it.
    plant: does it.
    variables: are wrong in it.
    before_start: it is looked for before the site starts.
    mend: stands for the lines that cannot be carried out here.
    level: how bad it is.
    """

    check: str
    plant: Plant = lambda living: None
    variables: dict[str, str] = field(default_factory=dict)
    before_start: bool = False
    mend: Plant | None = None
    level: Level = Level.WRONG


def redis(*lines: str) -> Plant:
    """Commands for the Valkey that nobody else uses."""
    return lambda living: living.redis(*lines)


def sql(*lines: str) -> Plant:
    return lambda living: living.sql(*lines)


def nginx(where: Where, *lines: str) -> Plant:
    return lambda living: living.lines.put(where, lines)


def without(place: str, word: str) -> Plant:
    """Take the lines with a word out of NGINX's file."""

    def plant(living: LivingSite) -> None:
        lines = getattr(living.lines, place)
        lines[:] = [line for line in lines if word not in line]

    return plant


def chmod(name: str, mode: int) -> Plant:
    return lambda living: (living.var / name).chmod(mode)


def command(*words: str) -> Plant:
    def plant(living: LivingSite) -> None:
        assert living.popen(*words).wait(60) == 0

    return plant


def sound(*names: str) -> Plant:
    """The variables as whoever hosts the site would write them."""

    def mend(living: LivingSite) -> None:
        for name in names:
            living.environ.pop(name)
            living.environ |= {name: living.sound[name]} if name in living.sound else {}

    return mend


def issue(days: float) -> Plant:
    def plant(living: LivingSite) -> None:
        living.authority.issue(days=days)
        living.proxy.reread()

    return plant


def spoil_a_style(living: LivingSite) -> None:
    (living.var / "static" / "css" / "base.css").write_text("/* of last year */")


def stop_beat(living: LivingSite) -> None:
    living.end("beat")
    living.age_pulse(60)


def lead_to_nobody(living: LivingSite) -> None:
    """A node is expected where none runs."""
    living.environ["PORT"] = str(free_port())
    nginx(Where.NGINX_LOCATION, f"proxy_pass http://127.0.0.1:{living.environ['PORT']};")(living)


def limit_files(living: LivingSite) -> None:
    node = psutil.Process(living.services["node-1"].pid)
    node.rlimit(psutil.RLIMIT_NOFILE, (1000, node.rlimit(psutil.RLIMIT_NOFILE)[1]))


def open_valkey(living: LivingSite) -> None:
    living.redis("CONFIG SET protected-mode no", f"CONFIG SET port {free_port()}")


SPARE = {"REDIS_URL": "spare"}
BEFORE: dict[str, Any] = {"before_start": True}
OF_REDIS: dict[str, Any] = {"before_start": True, "variables": SPARE}

FAULTS = {
    "debugging": Fault("debug", variables={"DEBUG": "true"}, **BEFORE),
    "known key": Fault("secret-key", variables={"SECRET_KEY": "django-insecure-k3+v9z0q8w7e6r5t4y3u2i1o0p"}, **BEFORE),
    "repeated key": Fault("secret-key", variables={"SECRET_KEY": "0a1b" * 10}, **BEFORE),
    "poor key": Fault("secret-key", variables={"SECRET_KEY": "aabbaabcabacbacbabcabbacbbacbcbcaabbacab"}, **BEFORE),
    "public without https": Fault("site-url", variables={"SITE_URL": "http://chat.example.org"}, **BEFORE),
    "weak origin": Fault("origins", variables={"EXTRA_ORIGINS": "http://chat.lan:8000"}, level=Level.TO_DO, **BEFORE),
    "mails from nobody": Fault("mail-from", variables={"DEFAULT_FROM_EMAIL": "Collab"}, **BEFORE),
    "mail password": Fault(
        "mail",
        lambda living: living.environ.update(EMAIL_URL=living.sound["EMAIL_URL"].replace("a-pass", "no-pass")),
        mend=sound("EMAIL_URL"),
        **BEFORE,
    ),
    "no mail server": Fault("mail", variables={"EMAIL_URL": "smtp://127.0.0.1:1"}, mend=sound("EMAIL_URL"), **BEFORE),
    "no database": Fault(
        "database", variables={"DATABASE_URL": "postgres://nobody@%2Fnowhere/n"}, mend=sound("DATABASE_URL"), **BEFORE
    ),
    "no redis": Fault("redis", variables={"REDIS_URL": "redis://127.0.0.1:1/0"}, mend=sound("REDIS_URL"), **BEFORE),
    "pools too large": Fault("database-connections", variables={"DATABASE_POOL_SIZE": "300"}, **BEFORE),
    "fsync off": Fault("database-safety", sql("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")),
    "untuned": Fault("database-settings", sql("ALTER DATABASE collab SET wal_compression = off"), level=Level.TO_DO),
    "read only": Fault(
        "database-writable", sql("ALTER DATABASE collab SET default_transaction_read_only = on"), **BEFORE
    ),
    "old tables": Fault("migrations", command("migrate", "rooms", "0003", "--verbosity=0")),
    "newer tables": Fault(
        "migrations",
        sql("INSERT INTO django_migrations (app, name, applied) VALUES ('rooms', '0999_to_come', now())"),
        mend=sql("DELETE FROM django_migrations WHERE name = '0999_to_come'"),
        level=Level.TO_DO,
    ),
    "eviction": Fault(
        "redis-eviction", redis("CONFIG SET maxmemory 100mb", "CONFIG SET maxmemory-policy allkeys-lru"), **OF_REDIS
    ),
    "redis full": Fault("redis-memory", redis("CONFIG SET maxmemory 1mb"), **OF_REDIS),
    "replica": Fault("redis-role", redis("REPLICAOF 127.0.0.1 1"), **OF_REDIS),
    "few clients": Fault("redis-clients", redis("CONFIG SET maxclients 50"), **OF_REDIS),
    "open redis": Fault("redis-password", open_valkey, **OF_REDIS),
    "idle cut": Fault("redis-idle", redis("CONFIG SET timeout 60"), level=Level.TO_DO, **OF_REDIS),
    "no node": Fault("public-address", lead_to_nobody),
    "host lost": Fault("proxy-host", without("location", "Host")),
    "forged address believed": Fault(
        "forwarded-for", nginx(Where.NGINX_LOCATION, "proxy_set_header X-Forwarded-For $http_x_forwarded_for;")
    ),
    "address not said": Fault("forwarded-for", nginx(Where.NGINX_LOCATION, 'proxy_set_header X-Forwarded-For "";')),
    "proxy not trusted": Fault("forwarded-for", lambda living: living.set_variables("TRUSTED_PROXIES=0")),
    "scheme lost": Fault(
        "forwarded-proto", nginx(Where.NGINX_LOCATION, "proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;")
    ),
    "no upgrade": Fault("websocket", without("sockets", "Upgrade")),
    "origin rewritten": Fault(
        "websocket-origin",
        lambda living: living.lines.put(
            Where.NGINX_SOCKETS, [f"proxy_set_header Origin {living.environ['SITE_URL']};"]
        ),
    ),
    "certificate over": Fault("certificate", issue(-1), mend=issue(90)),
    "certificate of last weeks": Fault("certificate", issue(10), mend=issue(90), level=Level.TO_DO),
    "plain http stays": Fault(
        "http-redirect",
        lambda living: living.lines.put(
            Where.NGINX_HTTP, [f"server {{ listen {living.proxy.plain_port}; return 200; }}"]
        ),
    ),
    "small bodies": Fault("uploads", nginx(Where.NGINX_SERVER, "client_max_body_size 1m;")),
    "weak cookies": Fault("cookies", nginx(Where.NGINX_LOCATION, "proxy_cookie_flags ~ nosecure;")),
    "hsts hidden": Fault("hsts", nginx(Where.NGINX_LOCATION, "proxy_hide_header Strict-Transport-Security;")),
    "static elsewhere": Fault("static-served", nginx(Where.NGINX_SERVER, "location ^~ /static/ { alias /nowhere/; }")),
    "static of old": Fault("static", spoil_a_style),
    "data for all to see": Fault("data-folder", chmod("", 0o715), level=Level.TO_DO),
    "data for all to change": Fault("data-folder", chmod("", 0o717)),
    "pictures for all to see": Fault("media-folder", chmod("media", 0o755), level=Level.TO_DO),
    "key for all to read": Fault("secret-file", chmod("secret_key", 0o644)),
    "other variables": Fault(
        "running-settings", variables={"MAIL_AFTER_SECONDS": "77"}, mend=sound("MAIL_AFTER_SECONDS")
    ),
    "few files": Fault("open-files", limit_files),
    "no worker": Fault("worker", lambda living: living.end("worker")),
    "no beat": Fault("beat", stop_beat),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_its_check_alone_and_its_lines_mend_it(living: LivingSite, name: str) -> None:
    fault = FAULTS[name]
    living.environ |= {key: living.spare.url if value == "spare" else value for key, value in fault.variables.items()}
    assert living.findings(fault.check)[fault.check].level is Level.FINE or fault.variables, "it is wrong already"
    fault.plant(living)

    amiss = living.amiss(starts_later=fault.before_start)

    assert {each: found.level for each, found in amiss.items()} == {fault.check: fault.level}, (amiss, living.logs())
    finding = amiss[fault.check]
    assert finding.mends or fault.mend
    if fault.mend:
        fault.mend(living)
    else:
        living.apply(finding.mends)
    living.await_fine(fault.check, starts_later=fault.before_start)
