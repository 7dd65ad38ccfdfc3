"""A whole site that a doctor may look at, a test may spoil, and the doctor's own lines mend."""

import contextlib
import copy
import os
import re
import runpy
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import psycopg
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from collab import pulse
from collab.doctor.examination import CHECKS, examine
from collab.doctor.finding import Finding, Level, Mend, Where
from collab.doctor.site import Site
from collab.embedded import programs
from collab.embedded.environment import PROJECT, Address
from collab.embedded.once import running
from collab.embedded.postgres import Postgres
from collab.embedded.server import tethered
from collab.embedded.valkey import Valkey
from tests.collab.doctor.certificates import Authority
from tests.collab.doctor.proxy import Lines, Proxy
from tests.collab.running import OURS
from tests.protocol.node import free_port

PATIENCE = 60.0
PASSWORD = "a-password-for-mails"


class Mails:
    """A mail server that knows one user."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bytes]] = []
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"

    @staticmethod
    def knows(server: Any, session: Any, envelope: Any, mechanism: str, access: Any) -> AuthResult:
        return AuthResult(success=access.password == PASSWORD.encode())

    def controller(self) -> Controller:
        return Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self.knows,
            auth_required=True,
            auth_require_tls=False,
        )


class LivingSite:
    """PostgreSQL, two Valkeys, mail server, two nodes, worker, beat and NGINX; `spare` is a Valkey nobody uses."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o711)
        self.folder, self.stack = folder, contextlib.ExitStack()
        self.var = folder / "var"
        self.var.mkdir(mode=0o711)
        self.authority, self.proxy, self.mails = Authority(folder), Proxy(folder), Mails()
        self.authority.issue(days=90)
        self.database, self.valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        self.spare = Valkey(folder / "spare")
        #: By TRUSTED_PROXIES, the port of the node that runs with it.
        self.nodes = {"1": free_port(), "0": free_port()}
        self.sound = {name: value for name, value in os.environ.items() if name not in OURS} | {
            "VAR_DIR": str(self.var),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.valkey.url,
            "SITE_URL": f"https://localhost:{self.proxy.port}",
            "TRUSTED_PROXIES": "1",
            "EMAIL_URL": f"smtp://somebody:{PASSWORD}@127.0.0.1:{self.mails.port}",
            "DEFAULT_FROM_EMAIL": "Collab <collab@chat.example.org>",
            "SSL_CERT_FILE": str(self.authority.file),
            "PORT": str(self.nodes["1"]),
            "LOG_LEVEL": "WARNING",
        }
        self.services: dict[str, subprocess.Popen[bytes]] = {}
        self.heal()

    def heal(self) -> None:
        """Forget what a test spoilt in variables and in NGINX's file."""
        self.environ = dict(self.sound)
        self.lines = Lines(self.nodes["1"], self.proxy.plain_port)

    # --- start and end -------------------------------------------------------------------------------

    def start(self) -> None:
        for server in (self.database, self.valkey, self.spare):
            self.stack.enter_context(running(server))
        controller = self.mails.controller()
        controller.start()
        self.stack.callback(controller.stop)
        # In order: whoever collects needs no database, but both want a core.
        preparing = [self.popen("migrate", "--verbosity=0"), self.popen("collectstatic", "--no-input", "--verbosity=0")]
        assert [each.wait(PATIENCE) for each in preparing] == [0, 0]
        self.prepare_files()
        self.serve("beat", programs.beat(self.var))
        self.serve("worker", programs.worker())
        for trusted, port in self.nodes.items():
            self.serve(f"node-{trusted}", programs.web(Address("127.0.0.1", port)), TRUSTED_PROXIES=trusted)
        self.proxy.use(self.lines)
        self.stack.callback(self.proxy.stop)
        for name in ("public-address", "forwarded-for", "worker", "beat"):
            self.await_fine(name)
        self.lines.put(Where.NGINX_LOCATION, [f"proxy_pass http://127.0.0.1:{self.nodes['0']};"])
        self.await_fine("public-address")
        self.heal()

    def prepare_files(self) -> None:
        (self.var / "secret_key").write_text("not used")
        (self.var / "secret_key").chmod(0o600)
        (self.var / "media").mkdir(mode=0o711)
        self.note_backup(datetime.now(UTC).isoformat())

    def note_backup(self, at: str) -> None:
        (self.var / "last_backup.json").write_text(f'{{"at": "{at}", "to": "/elsewhere", "verified_at": "{at}"}}')

    def popen(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "manage.py", *words], cwd=PROJECT, env=self.environ)

    def serve(self, name: str, command: list[str], **variables: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.services[name] = subprocess.Popen(
                tethered(command),
                cwd=PROJECT,
                env=self.environ | variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self, name: str) -> None:
        service = self.services.pop(name)
        os.killpg(service.pid, signal.SIGKILL)
        service.wait(PATIENCE)

    def stop(self) -> None:
        for name in list(self.services):
            self.end(name)
        self.stack.close()

    # --- the doctor ----------------------------------------------------------------------------------

    def findings(self, *only: str, starts_later: bool = False, **about: Any) -> dict[str, Finding]:
        """What all checks find, or those of these names; `about` is set on the site."""
        self.proxy.use(copy.deepcopy(self.lines))
        site = Site(settings_of(self.environ), self.environ, starts_later=starts_later)
        site.plain_url = f"http://localhost:{self.proxy.plain_port}"
        for name, value in about.items():
            setattr(site, name, value)
        checks = [check for check in CHECKS.values() if not only or check.name in only]
        return {result.check.name: result.finding for result in examine(site, checks)}

    def amiss(self, **about: Any) -> dict[str, Finding]:
        """Only what is wrong or to do."""
        found = self.findings(**about)
        return {name: each for name, each in found.items() if each.level in {Level.WRONG, Level.TO_DO}}

    def await_fine(self, name: str, **about: Any) -> None:
        end = time.monotonic() + PATIENCE
        while (found := self.findings(name, **about)[name]).level is not Level.FINE:
            assert time.monotonic() < end, (found, self.logs())
            time.sleep(0.2)

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in self.folder.glob("*.log"))

    # --- its lines, carried out ----------------------------------------------------------------------

    def apply(self, mends: Iterable[Mend]) -> None:
        """As whoever pastes them: what goes into one prompt goes into one session."""
        carry_out: dict[Where, Callable[..., None]] = {
            Where.SHELL: self.shell,
            Where.SERVICE: self.keep_running,
            Where.VARIABLES: self.set_variables,
            Where.REDIS: self.redis,
            Where.SQL: self.sql,
            Where.SYSTEMD: lambda *lines: None,
        }
        for mend in mends:
            if mend.where in carry_out:
                carry_out[mend.where](*mend.lines)
            else:
                self.lines.put(mend.where, mend.lines)

    def shell(self, *lines: str) -> None:
        """Here is no systemd to be told anything."""
        script = "\n".join(["set -e", *(line for line in lines if not line.startswith("systemctl "))])
        done = subprocess.run(["/bin/bash", "-c", script], env=self.environ, check=True, capture_output=True, text=True)
        if re.match(r"[A-Z_]+=", done.stdout):
            self.set_variables(done.stdout.strip())

    def keep_running(self, line: str) -> None:
        self.serve(f"mended-{len(self.services)}", ["/bin/bash", "-c", line.replace("&& ", "&& exec ")])

    def set_variables(self, *lines: str) -> None:
        """And start what runs with them: nodes with another TRUSTED_PROXIES are there already."""
        for line in lines:
            name, _, value = line.partition("=")
            self.environ[name] = shlex.split(value)[0] if value else ""
            if name == "TRUSTED_PROXIES":
                self.lines.put(Where.NGINX_LOCATION, [f"proxy_pass http://127.0.0.1:{self.nodes[value]};"])

    def redis(self, *lines: str) -> None:
        with redis.Redis.from_url(self.environ["REDIS_URL"]) as client:
            for line in lines:
                client.execute_command(*shlex.split(line))

    def sql(self, *lines: str) -> None:
        with psycopg.connect(self.environ["DATABASE_URL"], autocommit=True) as connection:
            for line in lines:
                connection.execute(line.encode())

    def age_pulse(self, seconds: int) -> None:
        with redis.Redis.from_url(self.valkey.url) as client:
            client.expire(pulse._KEY, pulse._KEPT - seconds)


def settings_of(environ: dict[str, str]) -> Any:
    """What collab/settings.py makes of an environment."""
    with patch.dict(os.environ, environ, clear=True):
        return SimpleNamespace(**runpy.run_path(str(PROJECT / "collab" / "settings.py"), run_name="collab.settings"))
