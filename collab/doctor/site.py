"""The site that is looked at: its settings, and what was found out about it so far."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from collab.doctor.bad_settings import BadSetting
from collab.doctor.finding import Mend, Unknown, service, shell
from collab.embedded.environment import PROJECT, embedded_servers

T = TypeVar("T")

#: The variable in which deploy/manage says how it was called: settings and user are then known to it alone.
MANAGER = "COLLAB_MANAGE"
#: Where the image says that it is one.
CONTAINER = "COLLAB_CONTAINER"
#: Of deploy/systemd, by the command that each runs; nodes as NGINX's file there looks for them.
UNITS = {
    "node": "collab-node@8001 collab-node@8002",
    "worker": "collab-worker",
    "beat": "collab-beat",
    "canary": "collab-canary",
}


class Site:
    """One site, for one examination.

    Args:
        settings: what collab/settings.py made of the environment.
        environ: the environment itself.
        bad: variables that could not be used; the settings have something harmless in their place.
        starts_later: nothing runs yet but what is not the site's own.
        mail_to: whom to send a mail, to try it.
        clock: this machine's, seconds since 1970.
        manager: how this host calls the site's commands, where deploy/manage did; then its services are those of
            deploy/systemd, too. Empty: nobody knows.
        in_container: this is the image of deploy/Dockerfile, in which other commands run than where one looks.
        plain_url: where the site is asked for without TLS; None: nobody knows.
        project: the code.
    """

    def __init__(
        self,
        settings: Any,
        environ: Mapping[str, str],
        *,
        bad: Iterable[BadSetting] = (),
        starts_later: bool = False,
        mail_to: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings, self.environ = settings, environ
        self.bad = tuple(bad)
        self.starts_later, self.mail_to, self.clock = starts_later, mail_to, clock
        self.project = PROJECT
        self.manager = environ.get(MANAGER, "")
        self.in_container = CONTAINER in environ
        self.plain_url = plain_url(settings.SITE_URL)
        self.at_end = contextlib.ExitStack()
        self._told: dict[object, Future[Any]] = {}
        self._lock = threading.Lock()

    @property
    def host(self) -> str:
        """The public name, without a port."""
        return urlsplit(self.settings.SITE_URL).hostname or ""

    def embeds(self, name: str) -> bool:
        """A server of this name is the site's own, which `manage.py up` runs."""
        return name in {server.name for server in embedded_servers(dict(self.environ))}

    def need(self, *names: str) -> None:
        """Raises Unknown where one of these variables could not be used."""
        for each in self.bad:
            if each.name in names:
                raise Unknown(f"{each.name} is not usable; see the check settings")

    def once(self, look: "Callable[[Site], T]") -> T:
        """What a function tells of this site: asked once, whoever wants to know; it raises the same for all."""
        with self._lock:
            is_first = look not in self._told
            told: Future[T] = self._told.setdefault(look, Future())
        if is_first:
            try:
                told.set_result(look(self))
            except BaseException as error:  # noqa: BLE001 — it is raised again below, for all who wait.
                told.set_exception(error)
        return told.result()

    def manage(self, words: str) -> Mend:
        """One of the site's commands, as it is typed in a shell."""
        return shell(self.command(words))

    def keep_running(self, words: str) -> Mend:
        """One that does not end: its units, where this host has them."""
        units = UNITS.get(words.split(maxsplit=1)[0])
        return shell(f"systemctl enable --now {units}") if self.manager and units else service(self.command(words))

    def command(self, words: str) -> str:
        """The line for one of the site's commands."""
        if self.manager:
            return f"{self.manager} {words}"
        return f"cd {self.project} && {self.python} manage.py {words}"

    @property
    def python(self) -> Path:
        """The interpreter, as it is named from the project's folder."""
        python = Path(sys.executable)
        return python.relative_to(self.project) if python.is_relative_to(self.project) else python

    def close(self) -> None:
        """Close what was opened to look."""
        self.at_end.close()


def plain_url(site_url: str) -> str | None:
    """Where browsers ask first for whoever types the name alone; None where the site has a port of its own."""
    parts = urlsplit(site_url)
    return f"http://{parts.netloc}" if parts.scheme == "https" and parts.port is None else None
