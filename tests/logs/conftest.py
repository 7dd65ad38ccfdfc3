"""A node and a worker that write down all they can, and a mail server that refuses one address."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.protocol.conftest import database_url
from tests.protocol.node import PROJECT, Node, collect_static, free_port

#: Stands in all that nobody may find in a log.
MARKER = "xyzzy-plugh-4711"


class Postman:
    """Takes mails, but for one address, which it names when it refuses it."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "nobody" in address:
            return f"550 {address} is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(
            str(envelope.content, "utf-8") if isinstance(envelope.content, bytes) else str(envelope.content)
        )
        return "250 OK"


class Site:
    """Its processes and what they wrote."""

    def __init__(self, node: Node, worker_log: Path, postman: Postman) -> None:
        self.node = node
        self.postman = postman
        self._worker_log = worker_log

    def lines(self) -> list[dict[str, Any]]:
        """Every line of every process, each of which is JSON."""
        text = self.node.log() + self._worker_log.read_text()
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def text(self) -> str:
        """The same as it was written."""
        return self.node.log() + self._worker_log.read_text()

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of an event."""
        return [line for line in self.lines() if line["event"] == event]


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Site]:
    """A node, a worker, a mail server. Of one file: the worker would send what tests of other files are to send."""
    url, mail_port = database_url(), free_port()
    postman = Postman()
    mail = Controller(postman, hostname="127.0.0.1", port=mail_port)
    mail.start()
    more = {"MARKER": MARKER, "LOG_LEVEL": "DEBUG", "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    collect_static(url)
    node = Node(url, is_tuned=True, application="tests.logs.breaking:application", **more)
    worker_log = Path(os.environ["VAR_DIR"]) / "worker.log"
    with contextlib.ExitStack() as stack:
        stack.callback(mail.stop)
        stack.enter_context(_worker(worker_log, os.environ | {"DATABASE_URL": url} | more))
        stack.callback(node.stop)
        node.start()
        yield Site(node, worker_log, postman)


@contextlib.contextmanager
def _worker(log: Path, environment: dict[str, str]) -> Iterator[None]:
    from collab.embedded.programs import worker

    with log.open("wb") as file:
        process = subprocess.Popen(worker(), cwd=PROJECT, env=environment, stdout=file, stderr=file)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
