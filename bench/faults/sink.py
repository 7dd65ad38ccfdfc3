"""A mail server that keeps what it takes, and can be held in the middle of a delivery."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.errors import CannotMeasure
from bench.mail_checker import Mail

OK = "250 OK"
PATIENCE = 60.0
#: A message in a mail has a line with its address; how many there are besides is told at the end.
SHOWN = re.compile(r"^http\S+\?at=(\d+)$", re.MULTILINE)
MORE = re.compile(r"^And (\d+) more\.", re.MULTILINE)


class Sink:
    """Speaks SMTP on a port of this machine, on the loop that started it."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.url = f"smtp://{host}:{port}"
        self.mails: list[Mail] = []
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._held: dict[str, tuple[asyncio.Event, asyncio.Event]] = {}

    async def open(self) -> None:
        """Begin to take mails."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="sink"), self._host, self._port)

    def close(self) -> None:
        """Take no more."""
        if self._server is not None:
            self._server.close()

    @contextlib.asynccontextmanager
    async def holding(self, command: str) -> AsyncIterator[None]:
        """Entered as soon as somebody waits for the answer to an SMTP command; they get it at the end.

        Raises:
            CannotMeasure: nobody sends anything.
        """
        reached, over = self._held[command] = asyncio.Event(), asyncio.Event()
        try:
            async with asyncio.timeout(PATIENCE):
                await reached.wait()
        except TimeoutError:
            del self._held[command]
            raise CannotMeasure(f"no mail goes out within {PATIENCE:.0f} s.") from None
        try:
            yield
        finally:
            del self._held[command]
            over.set()

    # --- for aiosmtpd ------------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name.
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Somebody is to get it; nothing of it was handed over yet."""
        envelope.rcpt_tos.append(address)
        await self._answer("RCPT")
        return OK

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd's name.
        """It is handed over: from here on it counts as taken, whether that is heard or not."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails += [read(message, str(address)) for address in envelope.rcpt_tos]
        await self._answer("DATA")
        return OK

    async def _answer(self, command: str) -> None:
        if command in self._held:
            reached, over = self._held[command]
            reached.set()
            await over.wait()


def read(message: EmailMessage, address: str) -> Mail:
    """What of a mail is of interest."""
    body = message.get_body(("plain",))
    text = "\n".join(body.get_content().splitlines()) if body is not None else ""
    more = MORE.search(text)
    return Mail(
        address,
        str(message["Message-ID"]),
        str(message["X-Idempotency-Key"] or ""),
        shows=tuple(int(seq) for seq in SHOWN.findall(text)),
        more=int(more[1]) if more else 0,
    )
