"""How people come in over HTTP, beside their sockets: the forms of a room's panel, and the API."""

import asyncio
import http.client
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from bench.errors import CannotMeasure
from bench.operations.cast import Seat
from bench.operations.operation import Operation
from bench.operations.room import Message

#: Requests at a time, and seconds that one may take.
AT_A_TIME = 12
WITHIN = 30.0
#: Messages that a page of the API has at most.
PAGE = 100
#: Both halves of Django's check against forged forms, which a browser gets with any page.
TOKEN = "operations" * 3 + "00"


S = TypeVar("S")


class ReactionShape(msgspec.Struct):
    """An emoji with its people."""

    emoji: str
    people: list[int]


class Author(msgspec.Struct):
    """Who wrote it."""

    id: int


class MessageShape(msgspec.Struct):
    """A message of the API."""

    seq: int
    author: Author | None
    client_id: str
    text: str
    edited_at: str | None
    deleted: bool
    pinned: bool
    reactions: list[ReactionShape]
    mentions: list[int]
    mentions_room: bool

    def as_shown(self) -> Message:
        """As a page keeps it."""
        author = self.author.id if self.author else 0
        message = Message(author, self.client_id, self.text, self.edited_at is not None, self.deleted, self.pinned)
        message.mentions, message.mentions_room = tuple(self.mentions), self.mentions_room
        message.marks = [(each.emoji, person) for each in self.reactions for person in each.people]
        return message


class MessagePage(msgspec.Struct):
    """Messages in order of seq."""

    messages: list[MessageShape]
    older: bool


class RoomShape(msgspec.Struct):
    """A room of the API."""

    id: int
    name: str
    topic: str
    head: int


class Doors:
    """The site at an address, for whoever has a session.

    Args:
        url: `http://host:port`.
        slug: of the workspace.
    """

    def __init__(self, url: str, slug: str) -> None:
        self._address = urllib.parse.urlsplit(url).netloc
        self._slug = slug
        self._threads = ThreadPoolExecutor(AT_A_TIME)

    def close(self) -> None:
        """Ask no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def fill_in(self, seat: Seat, operation: Operation) -> int:
        """Post a form about a room; the status: 302 is success, 5xx the site's fault, any other a refusal."""
        form = {"do": operation.kind, **operation.fields}
        path = f"/w/{self._slug}/r/{operation.room}/details/"
        status, _ = await self._request(seat, "POST", path, urllib.parse.urlencode(form))
        return status

    async def messages(self, seat: Seat, room: int, before: int | None, limit: int = PAGE) -> MessagePage | None:
        """The newest messages of a room, or those before a seq; None: it is none of theirs."""
        cut = {"limit": limit} | ({"before": before} if before else {})
        return await self._get(seat, f"/api/v1/rooms/{room}/messages/?{urllib.parse.urlencode(cut)}", MessagePage)

    async def room(self, seat: Seat, room: int) -> RoomShape | None:
        """What a room is; None: it is none of theirs."""
        return await self._get(seat, f"/api/v1/rooms/{room}/", RoomShape)

    async def _get(self, seat: Seat, path: str, shape: type[S]) -> S | None:
        status, body = await self._request(seat, "GET", path, "")
        while status in {429, 502, 503}:
            await asyncio.sleep(1)
            status, body = await self._request(seat, "GET", path, "")
        if status not in {200, 404}:
            raise CannotMeasure(f"{path} was answered with {status}.")
        return msgspec.json.decode(body, type=shape) if status == 200 else None

    async def _request(self, seat: Seat, method: str, path: str, body: str) -> tuple[int, bytes]:
        headers = {
            "Cookie": f"sessionid={seat.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._ask, method, path, body, headers)

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._address, timeout=WITHIN)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            if "login" in answer.headers.get("Location", ""):
                raise CannotMeasure(f"{path} sent somebody to sign in.")
            return answer.status, answer.read()
        finally:
            connection.close()
