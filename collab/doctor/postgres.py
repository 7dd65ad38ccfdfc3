"""PostgreSQL: whether it answers, and takes what this site has to store."""

import copy
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from collab.doctor import answers
from collab.doctor.finding import Finding, Unknown, fine, shell, sql, variables, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site
from collab.embedded.outside import UNUSABLE, first_line

subject = Subject("Database")

Row = tuple[Any, ...]

#: Seconds for a connection, and milliseconds for an answer.
CONNECT_WITHIN = 3
ANSWER_WITHIN = 3000
OLDEST = 16
#: Connections that a Celery worker has open, and that stay free for its host's own work.
FOR_WORKER = 6
FOR_HOST = 5


def connection(site: Site) -> BaseDatabaseWrapper:
    """One connection for all checks. Raises what the driver raises."""
    said: dict[str, Any] = copy.deepcopy(site.settings.DATABASES["default"])
    said["OPTIONS"].pop("pool", None)
    said["OPTIONS"]["connect_timeout"] = CONNECT_WITHIN
    probe = ConnectionHandler({"default": said})["default"]
    # The checks take turns on it, each in a thread of its own.
    probe.inc_thread_sharing()
    site.at_end.callback(probe.close)
    probe.ensure_connection()
    with probe.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(ANSWER_WITHIN)])
    return probe


def connected(site: Site) -> BaseDatabaseWrapper:
    """The same, for all checks but the first of them. Raises Unknown."""
    site.need("DATABASE_URL")
    try:
        return site.once(connection)
    except UNUSABLE as error:
        raise Unknown("the database does not answer; see the check database") from error


def ask(site: Site, query: str, values: Sequence[Any] = ()) -> list[Row]:
    """Rows of an answer."""
    with connected(site).cursor() as cursor:
        cursor.execute(query, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def setting(site: Site, name: str) -> str:
    """One of PostgreSQL's settings, in the unit in which it keeps it."""
    [[value]] = ask(site, "SELECT setting FROM pg_settings WHERE name = %s", [name])
    return str(value)


def database_name(site: Site) -> str:
    """Of this site, quoted."""
    return connected(site).ops.quote_name(str(connected(site).settings_dict["NAME"]))


@subject.check("database")
def database(site: Site) -> Finding:
    """The database answers."""
    site.need("DATABASE_URL")
    try:
        site.once(connection)
    except UNUSABLE as error:
        if not site.embeds("postgres"):
            return wrong(
                f"The database at DATABASE_URL does not answer: {first_line(error)}. Start it, or say where it is.",
                variables("DATABASE_URL=postgres://user:password@host/name"),
            )
        if site.starts_later:
            raise Unknown("it is started with the site") from error
        return wrong("The site's own PostgreSQL does not run.", site.keep_running("up"))
    return fine("answers")


@subject.check("database-version")
def database_version(site: Site) -> Finding:
    """PostgreSQL is new enough."""
    return judge_version(setting(site, "server_version"), int(setting(site, "server_version_num")))


def judge_version(said: str, number: int) -> Finding:
    """By its number, such as 180001."""
    if number >= OLDEST * 10_000:
        return fine(f"PostgreSQL {said}")
    return wrong(
        f"PostgreSQL is {said}; {OLDEST} or newer is needed. Where the system's own packages have none, as in Debian "
        "12, the first two lines add those of PostgreSQL's project. Make a backup before, and stop the site meanwhile.",
        shell(
            "apt install -y postgresql-common",
            "/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y",
            "apt install -y postgresql-17",
            # In its place comes what is in the old one.
            "pg_dropcluster --stop 17 main   # the package has just made it, and it is empty",
            f"pg_upgradecluster -v 17 {number // 10_000} main",
        ),
    )


@subject.check("database-encoding")
def database_encoding(site: Site) -> Finding:
    """Every script and emoji can be stored."""
    [[encoding]] = ask(site, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
    if encoding == "UTF8":
        return fine("UTF8")
    name = database_name(site).strip('"')
    return wrong(
        f"The database stores {encoding} instead of UTF8: much of what people write cannot be stored, or not found "
        "again. Make another, copy everything over (stop the site meanwhile), and name that one in DATABASE_URL.",
        sql(f"CREATE DATABASE \"{name}_utf8\" ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;"),
        shell(f"pg_dump --encoding=UTF8 {name} | psql {name}_utf8"),
    )


@subject.check("database-writable")
def database_writable(site: Site) -> Finding:
    """It is the database that takes what is written, and no copy of it."""
    [[is_standby, is_read_only]] = ask(
        site, "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')"
    )
    if is_standby:
        return wrong(
            "DATABASE_URL leads to a standby, which takes no writes. Name the primary, or make this one primary.",
            sql("SELECT pg_promote();"),
        )
    if is_read_only == "on":
        return wrong(
            "The database takes no writes: default_transaction_read_only is on.",
            sql(
                # The session that takes it back is read-only itself.
                "SET default_transaction_read_only = off;",
                f"ALTER DATABASE {database_name(site)} RESET default_transaction_read_only;",
            ),
        )
    return fine("it is")


@subject.check("database-connections")
def database_connections(site: Site) -> Finding:
    """There are connections enough for the pools of all processes."""
    most, reserved = (int(setting(site, name)) for name in ("max_connections", "superuser_reserved_connections"))
    nodes = 1 if site.starts_later else max(1, len(site.once(nodes_seen)))
    return judge_connections(most, reserved, nodes, site.settings.DATABASE_POOL_SIZE)


def nodes_seen(site: Site) -> set[str]:
    """The nodes that answered; none where nobody did."""
    try:
        return {each.node for each in site.once(answers.all_nodes)}
    except Unknown:
        return set()


def judge_connections(most: int, reserved: int, nodes: int, pool: int) -> Finding:
    """Of each node as many as its pool may hold."""
    need = nodes * pool + FOR_WORKER + FOR_HOST
    has = most - reserved
    told = f"{nodes} {'node' if nodes == 1 else 'nodes'} of up to {pool}, a worker, and some for the host"
    if need <= has:
        return fine(f"{has} for {told}")
    return wrong(
        f"PostgreSQL has {has} connections for {told}: under load people are told to try again. Give it more and start "
        "it anew, or have the nodes hold fewer.",
        sql(f"ALTER SYSTEM SET max_connections = {need + reserved};"),
        variables(f"DATABASE_POOL_SIZE={max(4, (has - FOR_WORKER - FOR_HOST) // nodes)}"),
    )
