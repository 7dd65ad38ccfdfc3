"""A message of the story on its way into the log, and what becomes of it there."""

import re
from dataclasses import dataclass
from random import Random
from uuid import UUID

from accounts.models import User
from collab.demo.story import Said
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import react

#: Two letters within a word: what fingers swap.
SWAPPED = re.compile(r"(?<=[a-z])([a-z])(?!\1)([a-z])(?=[a-z])")


@dataclass
class Spoken:
    """A message; `seq` is known once it is posted."""

    said: Said
    author: User
    room_id: int
    random: Random
    seq: int = 0

    def post(self) -> None:
        """Say it, perhaps with a slip of the pen."""
        text = mistyped(self.said.text, self.random) if self.said.is_mistyped else self.said.text
        client_id = UUID(int=self.random.getrandbits(128), version=4)
        self.seq = post_message(user=self.author, room_id=self.room_id, client_id=client_id, text=text)

    def correct(self) -> None:
        """Say what was meant."""
        edit_message(user=self.author, room_id=self.room_id, message=self.seq, text=self.said.text)

    def take_back(self) -> None:
        """Delete it."""
        delete_message(user=self.author, room_id=self.room_id, message=self.seq)

    def pin(self, by: User) -> None:
        """Keep it at hand."""
        pin_message(user=by, room_id=self.room_id, message=self.seq)

    def react(self, by: User, emoji: str) -> None:
        """Put an emoji on it."""
        react(user=by, room_id=self.room_id, message=self.seq, emoji=emoji)


def mistyped(text: str, random: Random) -> str:
    """The text with two neighbouring letters of a word swapped."""
    places = list(SWAPPED.finditer(text))
    if not places:
        return text
    place = random.choice(places)
    return text[: place.start()] + place[2] + place[1] + text[place.end() :]
