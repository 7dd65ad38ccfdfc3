"""A message of the story on its way into the log, and what becomes of it there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from accounts.models import User
from collab.demo.story import Said
from rooms.actions.messages import DeleteMessage, EditMessage, PostMessage
from rooms.actions.pins import PinMessage
from rooms.actions.reactions import AddReaction
from rooms.ledger import Turn
from rooms.log import Draft

#: Two letters within a word: what fingers swap.
SWAPPED = re.compile(r"(?<=[a-z])([a-z])(?!\1)([a-z])(?=[a-z])")


@dataclass(slots=True, kw_only=True)
class Past(Draft):
    """A draft as of another time, made when its turn comes: it may name what its batch has made before it."""

    at: datetime
    make: Callable[[], Draft]
    #: It changes what the log says already, so its batch begins with it.
    is_first: bool = False
    seq: int = field(default=0, init=False)

    def write(self, turn: Turn) -> int | None:
        """Write the draft, at its time."""
        turn.ledger.at = self.at
        draft = self.make()
        draft.prepare()
        outcome = draft.write(turn)
        self.seq = outcome or 0
        return outcome


@dataclass
class Spoken:
    """A message with its author and room."""

    said: Said
    author: User
    room_id: int
    #: Nothing happens after this.
    latest: datetime
    random: Random

    def drafts(self, people: dict[str, User]) -> Iterator[Past]:
        """The message first, then all that becomes of it."""
        said, room, user = self.said, self.room_id, self.author
        text = mistyped(said.text, self.random) if said.is_mistyped else said.text
        client_id = UUID(int=self.random.getrandbits(128), version=4)
        post = self._past(0, user, lambda: PostMessage(room_id=room, user=user, client_id=client_id, text=text))
        yield post
        if said.is_mistyped:
            yield self._past(40, user, lambda: EditMessage(room_id=room, user=user, message=post.seq, text=said.text))
        if said.is_taken_back:
            gone = self._past(50, user, lambda: DeleteMessage(room_id=room, user=user, message=post.seq))
            gone.is_first = True
            yield gone
        if said.is_pinned:
            yield self._past(75, user, lambda: PinMessage(room_id=room, user=user, message=post.seq))
        for seconds, handle, emoji in said.reactions:
            yield self._reaction(seconds, people[handle], post, emoji)

    def _reaction(self, seconds: int, by: User, post: Past, emoji: str) -> Past:
        return self._past(
            seconds, by, lambda: AddReaction(room_id=self.room_id, user=by, message=post.seq, emoji=emoji)
        )

    def _past(self, seconds: int, by: User, make: Callable[[], Draft]) -> Past:
        at = min(self.said.at + timedelta(seconds=seconds), self.latest)
        return Past(room_id=self.room_id, user=by, at=at, make=make)


def mistyped(text: str, random: Random) -> str:
    """The text with two neighbouring letters of a word swapped."""
    places = list(SWAPPED.finditer(text))
    if not places:
        return text
    place = random.choice(places)
    return text[: place.start()] + place[2] + place[1] + text[place.end() :]
