"""Reactions: people's emoji on messages."""

from dataclasses import dataclass

from accounts.emojis import one_emoji
from accounts.models import User
from rooms.actions.messages import find_message
from rooms.errors import EmojiUnknown
from rooms.events import Reacted, Unreacted
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Reaction


@dataclass(slots=True, kw_only=True)
class Reacting(Draft):
    """A draft about an emoji on a message."""

    message: int
    emoji: str

    def prepare(self) -> None:
        """Take one emoji and nothing else; however it is spelt, it is the same reaction."""
        emoji = one_emoji(self.emoji)
        if emoji is None:
            raise EmojiUnknown
        self.emoji = emoji


@dataclass(slots=True, kw_only=True)
class AddReaction(Reacting):
    """Put an emoji on a message."""

    def write(self, turn: Turn) -> int | None:
        """Store it, unless it is there."""
        turn.access.writable()
        message = find_message(turn, self.message)
        if message.reactions.filter(user=self.user, emoji=self.emoji).exists():
            return None
        seq = turn.record(Reacted, message=message.seq, emoji=self.emoji)
        turn.ledger.add(Reaction(message=message, user=self.user, emoji=self.emoji, seq=seq))
        return seq


@dataclass(slots=True, kw_only=True)
class RemoveReaction(Reacting):
    """Take one's emoji back."""

    def write(self, turn: Turn) -> int | None:
        """Remove it, if it is there."""
        turn.access.writable()
        message = find_message(turn, self.message)
        gone, _ = message.reactions.filter(user=self.user, emoji=self.emoji).delete()
        return turn.record(Unreacted, message=message.seq, emoji=self.emoji) if gone else None


def react(*, user: User, room_id: int, message: int, emoji: str) -> int | None:
    """Put an emoji on a message; the seq of the event, None if it was there.

    Raises:
        CodedError: refused.
    """
    return append_one(AddReaction(user=user, room_id=room_id, message=message, emoji=emoji))


def unreact(*, user: User, room_id: int, message: int, emoji: str) -> int | None:
    """Take one's emoji back; the seq of the event, None if it was not there.

    Raises:
        CodedError: refused.
    """
    return append_one(RemoveReaction(user=user, room_id=room_id, message=message, emoji=emoji))
