"""PostgreSQL's own settings: what must be on for nothing to be lost, and what shows under load."""

from collections.abc import Callable, Mapping

from collab.doctor.finding import Finding, Mend, fine, sql, to_do, wrong
from collab.doctor.postgres import Row, ask, database_name, subject
from collab.doctor.site import Site

#: What of accepted messages survives a crash of the machine, and what keeps the tables from growing for ever.
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on"}
#: What docs/self-hosting.md recommends.
QUICK = {"wal_compression": "on", "min_wal_size": "256MB", "autovacuum_vacuum_cost_delay": "10ms"}
#: By setting, whether a value, in PostgreSQL's own unit, is at least as good.
WILL_DO: Mapping[str, Callable[[str], bool]] = {
    "min_wal_size": lambda value: int(value) >= 256,
    "autovacuum_vacuum_cost_delay": lambda value: float(value) >= 10,
}


@subject.check("database-safety")
def database_safety(site: Site) -> Finding:
    """A crash of the machine takes nothing that was acknowledged."""
    amiss = _amiss(site, SAFE)
    if not amiss:
        return fine("what is acknowledged is on the disk")
    names = ", ".join(name for name, _, _ in amiss)
    return wrong(f"Off in PostgreSQL: {names}. A crash may lose messages, or the database.", _mend(site, amiss, SAFE))


@subject.check("database-settings")
def database_settings(site: Site) -> Finding:
    """PostgreSQL is set up for many small commits."""
    amiss = _amiss(site, QUICK)
    if not amiss:
        return fine("as recommended")
    names = ", ".join(name for name, _, _ in amiss)
    return to_do(
        f"Not as docs/self-hosting.md recommends: {names}. Messages wait now and then.", _mend(site, amiss, QUICK)
    )


def _amiss(site: Site, wanted: Mapping[str, str]) -> list[Row]:
    """Name, value and source of those that are not as wanted."""
    rows = ask(site, "SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(wanted)])
    return [row for row in rows if not WILL_DO.get(row[0], _is_on)(row[1])]


def _is_on(value: str) -> bool:
    return value != "off"


def _mend(site: Site, amiss: list[Row], wanted: Mapping[str, str]) -> Mend:
    """What was set for this database or its user outdoes the system's, so it is taken back there."""
    name = database_name(site)
    undone = {
        "database": f"DATABASE {name}",
        "database user": f"ROLE ALL IN DATABASE {name}",
        "user": "ROLE CURRENT_USER",
    }
    lines = [
        f"ALTER {undone[source]} RESET {each};" if source in undone else f"ALTER SYSTEM SET {each} = '{wanted[each]}';"
        for each, _, source in amiss
    ]
    return sql(*lines, "SELECT pg_reload_conf();")
