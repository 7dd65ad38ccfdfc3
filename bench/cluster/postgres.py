"""PostgreSQL that other machines reach, and PgBouncer before it where that is asked for."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString

import psycopg

from bench.faults.part import Part
from collab.embedded.account import own_folder, servers_user
from collab.embedded.environment import Address
from collab.embedded.postgres import DATABASE, USER, Postgres
from collab.embedded.server import tethered

#: Who may come in: everybody on the lab's own machines.
ACCESS = """\
local all all trust
host all all 127.0.0.0/8 trust
host all all samenet trust
"""
#: What the site asks for by `options`, which PgBouncer does not hand on (docs/self-hosting.md).
ROLE: LiteralString = f"""
ALTER ROLE {USER} SET lock_timeout = '5s';
ALTER ROLE {USER} SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE {USER} SET random_page_cost = 1.1;
"""
# Left alone it looks 15 s later again for a PostgreSQL that was not there, and lets a client wait two minutes.
BOUNCER = """\
[databases]
{database} = host={server.host} port={server.port} user={user}
[pgbouncer]
listen_addr = {at.host}
listen_port = {at.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
max_client_conn = 500
default_pool_size = 40
server_login_retry = 1
query_wait_timeout = 8
log_connections = 0
log_disconnections = 0
"""


class ReachablePostgres(Postgres):
    """The site's PostgreSQL on an address of its own; whoever looks past the site takes its unix socket."""

    def __init__(self, folder: Path, at: Address) -> None:
        # Its port is in the name of its socket, so it has the usual one.
        assert at.port == 5432
        self._access = folder / "pg_hba.conf"
        super().__init__(folder, listen_addresses=at.host, hba_file=str(self._access))
        self.address = url(at)

    def prepare(self) -> None:
        """Make its files, and let the other machines in."""
        super().prepare()
        self._access.write_text(ACCESS)
        self._access.chmod(0o644)

    def set_role(self) -> None:
        """Give its user what the site could not say through PgBouncer."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(ROLE)


def bouncer(at: Address, server: Address, folder: Path, environment: Mapping[str, str]) -> Part:
    """PgBouncer before a PostgreSQL, not started yet; its files in a folder of its own inside this one."""
    place = folder / "pgbouncer"
    own_folder(place)
    file = place / "pgbouncer.ini"
    file.write_text(BOUNCER.format(database=DATABASE, server=server, user=USER, at=at))
    user = servers_user()
    command = tethered([bouncer_program() or "pgbouncer", "-q", str(file)], user=user.pw_name if user else None)
    return Part("pgbouncer", command, folder, environment)


def bouncer_program() -> str | None:
    """Where PgBouncer is; Debian puts it where not everybody looks."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")


def url(at: Address) -> str:
    """A database's address, as the settings take it."""
    return f"postgresql://{USER}@{at.host}:{at.port}/{DATABASE}"
