"""How large the body of a request over HTTP may be: what is larger is refused before it is kept.

Daphne takes a whole body in, and then once more in pieces for the application, before anybody asks who sends it.
"""

import json
from typing import Any

from daphne import http_protocol
from twisted.internet import reactor
from twisted.web import http

from collab.live.errors import TooLarge

#: Bytes of a body: a picture of the largest size (accounts.pictures.MAX_BYTES) and the form around it.
MAX_BODY = 11 * 1024 * 1024

#: Seconds that a refused client may go on sending, unheard. Hung up on at once it would see a reset connection instead
#: of the answer.
HEAR_OUT = 10


class BoundedRequest(http_protocol.WebRequest):
    """A request that is refused as soon as its body is known to be too large."""

    is_refused = False

    def __init__(self, channel: Any, queued: object = False) -> None:
        # Twisted would read a form into dictionaries that nobody asks for; Django reads it itself, within its limits.
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 — Twisted's name.
        """Look at what was announced; None where it comes in chunks."""
        if length is not None and length > MAX_BODY:
            # Else it would be told to go on.
            self.requestHeaders.removeHeader(b"Expect")
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """Keep a piece of the body while there is room for it."""
        if not self.is_refused and self.content.tell() + len(data) > MAX_BODY:
            self._refuse()
        if not self.is_refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """All of it has come: hang up if it is refused, for it has its answer."""
        if self.is_refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        self.is_refused = True
        self.content.close()
        self.channel.write(_answer(self.requestHeaders))
        timer: Any = reactor
        timer.callLater(HEAR_OUT, self._cut_off)

    def _cut_off(self) -> None:
        # A request whose connection is lost has no channel any more.
        if self.channel is not None:
            self.channel.loseConnection()


class BoundedFactory(http_protocol.HTTPFactory):
    """Makes connections whose requests are bounded."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        """A connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


def _answer(headers: Any) -> bytes:
    """The whole response: words for a browser, the API's shape for a program."""
    kind, body = "application/json", json.dumps({"code": TooLarge.code, "message": TooLarge.message})
    if b"text/html" in (headers.getRawHeaders(b"Accept") or [b""])[0]:
        kind, body = "text/plain; charset=utf-8", f"{TooLarge.message} Go back and choose something smaller."
    start = f"HTTP/1.1 {TooLarge.status} {http.RESPONSES[TooLarge.status].decode()}"
    lines = (start, f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", "", body)
    return "\r\n".join(lines).encode()
