"""A real WebSocket through the public address, as a page of the site opens it and as one of another site does."""

import asyncio
import ssl
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from collab.doctor import answers
from collab.doctor.finding import Finding, Unknown, fine, in_sockets, variables, wrong
from collab.doctor.forwarded import subject
from collab.doctor.site import Site
from collab.embedded.outside import first_line
from collab.live.errors import Close
from rooms.consumers import RoomConsumer

#: A page that is not the site's.
FOREIGN = "https://elsewhere.invalid"
UPGRADE = in_sockets(
    "proxy_http_version 1.1;",
    "proxy_set_header Upgrade $http_upgrade;",
    'proxy_set_header Connection "upgrade";',
)


def closed_with(site: Site, origin: str) -> int:
    """The code with which the site closes a socket of nobody who is signed in, opened by a page of this origin.

    Raises:
        OSError, WebSocketException: there is no such socket, or not in time.
    """
    return asyncio.run(_closed_with(site, origin))


async def _closed_with(site: Site, origin: str) -> int:
    options: dict[str, Any] = {"ssl": answers.trusting()} if site.settings.HTTPS else {}
    url = f"{site.settings.SITE_URL.replace('http', 'ws', 1)}/ws/"
    protocol = Subprotocol(RoomConsumer.subprotocol)
    async with (
        asyncio.timeout(2 * answers.WITHIN),
        connect(url, origin=Origin(origin), subprotocols=[protocol], close_timeout=1, proxy=None, **options) as socket,
    ):
        try:
            await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
    return 0


def own(site: Site) -> int:
    """The code for a page of the site itself."""
    return closed_with(site, site.settings.SITE_URL)


@subject.check("websocket")
def websocket(site: Site) -> Finding:
    """A page's socket reaches a node: without it nothing is live."""
    site.once(answers.plain)
    try:
        code = site.once(own)
    except InvalidStatus as refused:
        return wrong(
            f"The answer to a WebSocket is {refused.response.status_code} instead of 101: the proxy does not pass the "
            "upgrade on, and nothing on people's pages is live.",
            UPGRADE,
        )
    except (OSError, TimeoutError, WebSocketException, ssl.SSLError) as error:
        return wrong(f"A WebSocket does not get through: {first_line(error)}.", UPGRADE)
    if code == Close.WRONG_ORIGIN:
        return wrong(
            f"The nodes refuse sockets of {site.settings.SITE_URL}'s own pages: they were started with another "
            "SITE_URL, or the proxy says another Origin.",
            variables(f"SITE_URL={site.settings.SITE_URL}"),
            in_sockets("proxy_set_header Origin $http_origin;"),
        )
    if code != Close.NOT_SIGNED_IN:
        return wrong(f"A WebSocket was closed with {code} instead of being asked to sign in.", UPGRADE)
    return fine("it gets through, and is asked to sign in")


@subject.check("websocket-origin")
def websocket_origin(site: Site) -> Finding:
    """Pages of other sites get no socket in a person's name."""
    site.once(answers.plain)
    try:
        site.once(own)
        code = closed_with(site, FOREIGN)
    except (OSError, TimeoutError, WebSocketException) as error:
        raise Unknown("no WebSocket gets through; see the check websocket") from error
    if code == Close.WRONG_ORIGIN:
        return fine("refused")
    return wrong(
        "A page of another site may open a socket in a person's name: the proxy says an Origin of its own.",
        in_sockets("proxy_set_header Origin $http_origin;"),
    )
