"""What comes back from the public address: plain answers, and how the site saw the request."""

import hmac
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from collab import seen
from collab.doctor.finding import Unknown
from collab.doctor.site import Site

#: Seconds for each word of an answer.
WITHIN = 3
#: Requests that are made to see one node after another.
ASKED = 6
#: Bytes of an answer that are read.
LARGEST = 1024 * 1024
#: An address of no one (RFC 5737), to forge.
NOBODY = "192.0.2.77"
FORGED = {"X-Forwarded-For": NOBODY, "X-Forwarded-Proto": "http"}


class Answer(NamedTuple):
    """`sent_from`: this end of the connection, as address and port."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    sent_from: tuple[str, int]


@dataclass(frozen=True)
class Seen:
    """What `/health/seen` told, and this end of the connection."""

    told: Mapping[str, Any]
    sent_from: tuple[str, int]

    @property
    def node(self) -> str:
        """Which process it was."""
        return str(self.told["node"])

    @property
    def is_direct(self) -> bool:
        """Nobody stood in between: the site saw this very connection."""
        return tuple(self.told["peer"]) == self.sent_from


def trusting() -> ssl.SSLContext:
    """Takes any certificate: whether it is good is a check of its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def get(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask once, following nothing.

    Raises:
        OSError, http.client.HTTPException: there is no answer.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=WITHIN, context=trusting()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=WITHIN)
    try:
        connection.request("GET", parts.path or "/", headers={"User-Agent": "collab-doctor", **(headers or {})})
        sent_from = connection.sock.getsockname()[:2]
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(LARGEST), sent_from)
    finally:
        connection.close()


def live(site: Site) -> Answer:
    """What the public address says to a balancer's question."""
    return get(f"{site.settings.SITE_URL}/health/live")


def reached(site: Site) -> Answer:
    """The same, for all checks but the first of them. Raises Unknown."""
    site.need("SITE_URL")
    try:
        answer = site.once(live)
    except (OSError, http.client.HTTPException) as error:
        raise Unknown("the public address does not answer; see the check public-address") from error
    if answer.status != 200:
        raise Unknown("the public address leads to no node; see the check public-address")
    return answer


def ask_seen(site: Site, headers: Mapping[str, str]) -> Seen:
    """How the site sees a request with these headers.

    Raises:
        Unknown: the public address does not answer as this site.
    """
    site.need("SECRET_KEY")
    reached(site)
    nonce = secrets.token_hex(16)
    try:
        answer = get(
            site.settings.SITE_URL + seen.PATH,
            {**headers, seen.HEADER: seen.question(site.settings.SECRET_KEY, nonce)},
        )
        proof = seen.proof(site.settings.SECRET_KEY, nonce, answer.body)
        is_ours = hmac.compare_digest(answer.headers.get(seen.PROOF, "").encode(), proof.encode())
        told = json.loads(answer.body) if is_ours else {}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        is_ours = False
    if not is_ours:
        raise Unknown("what answers is not this site; see the check this-site")
    return Seen(told, answer.sent_from)


def plain(site: Site) -> Seen:
    """How the site sees a request as browsers send it."""
    return ask_seen(site, {})


def forged(site: Site) -> Seen:
    """How it sees one with forwarded headers that the client made up."""
    return ask_seen(site, FORGED)


def all_nodes(site: Site) -> list[Seen]:
    """One answer of each node that several requests led to."""
    answers = [site.once(plain), *(ask_seen(site, {}) for _ in range(ASKED - 1))]
    return list({each.node: each for each in answers}.values())


def resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of a name. Raises socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({(family, str(place[0])) for family, _, _, _, place in found})
