"""Posting, editing and deleting messages."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from accounts.models import User
from rooms import text
from rooms.errors import ClientIdReused, MessageNotFound, NotYours
from rooms.events import Deleted, Edited, Posted
from rooms.ledger import Turn
from rooms.log import Draft, append_one
from rooms.models import Event, Mention, Message, Pin, Reaction, Wording


@dataclass(slots=True, kw_only=True)
class Wrote(Draft):
    """A draft that carries words: they are cleaned and rendered before the room is locked."""

    text: str
    html: str = field(default="", init=False)
    people: dict[str, int] = field(default_factory=dict, init=False)
    names_room: bool = field(default=False, init=False)

    @property
    def weight(self) -> int:
        """The text's characters."""
        return len(self.text)

    def prepare(self) -> None:
        """Clean the text, find the people of the room whom it names, render it."""
        self.text = text.clean(self.text)
        handles = text.find_handles(self.text)
        if handles:
            named = User.objects.filter(room_memberships__room=self.room_id, handle__in=handles)
            self.people = dict(named.values_list("handle", "pk"))
        self.names_room = text.names_room(self.text)
        self.html = text.render(self.text, handles=self.people)


@dataclass(slots=True, kw_only=True)
class PostMessage(Wrote):
    """Say something, once: the client id tells a retry from a new message."""

    client_id: UUID

    def write(self, turn: Turn) -> int | None:
        """Store the message and its mentions, or find the one that this id has already made."""
        earlier = turn.ledger.accepted.get((self.user.pk, self.client_id))
        self.is_repeat = earlier is not None and self._is_repeat_of(earlier)
        if earlier is not None and self.is_repeat:
            # Answered as it was then, also where the room was archived or left since.
            return earlier.seq
        turn.access.writable()
        if earlier is not None:
            raise ClientIdReused
        mentioned = tuple(sorted(set(self.people.values())))
        seq = turn.record(
            Posted,
            client_id=self.client_id,
            text=self.text,
            html=self.html,
            mentions=mentioned,
            mentions_room=self.names_room,
        )
        message = Message(
            room=turn.room,
            seq=seq,
            author=self.user,
            client_id=self.client_id,
            text=self.text,
            html=self.html,
            mentions_room=self.names_room,
            at=turn.ledger.at,
        )
        turn.ledger.add(message)
        for user_id in mentioned:
            turn.ledger.add(Mention(message=message, user_id=user_id))
        return seq

    def _is_repeat_of(self, earlier: Message) -> bool:
        return earlier.room_id == self.room_id and _is_same_text(earlier, self.text)


def _is_same_text(message: Message, said: str) -> bool:
    """Compare with what was first said: an edit or deletion since then makes a retry no stranger."""
    if message.deleted_at is not None:
        return True
    first = message.wordings.order_by("edit_seq").first() if message.edited_at else None
    return said == (first.text if first else message.text)


@dataclass(slots=True, kw_only=True)
class EditMessage(Wrote):
    """Change what one's own message says; what it said is kept."""

    message: int

    def write(self, turn: Turn) -> int | None:
        """Store the new words and keep the old ones."""
        turn.access.writable()
        message = find_message(turn, self.message)
        if message.author_id != self.user.pk:
            raise NotYours
        if message.text == self.text:
            return None
        seq = turn.record(Edited, message=message.seq, text=self.text, html=self.html)
        turn.ledger.add(Wording(message=message, edit_seq=seq, text=message.text, at=turn.ledger.at))
        message.text, message.html, message.edited_at = self.text, self.html, turn.ledger.at
        message.save(update_fields=["text", "html", "edited_at"])
        return seq


@dataclass(slots=True, kw_only=True)
class DeleteMessage(Draft):
    """Leave a tombstone and take the text out of everything that is read later."""

    message: int
    #: Staff in admin may delete anywhere.
    as_staff: bool = False

    def write(self, turn: Turn) -> int | None:
        """Blank the message, its wordings and its events; drop its reactions and pin."""
        # First of all: whoever may not see the room must not learn from the refusal that there is one.
        access = None if self.as_staff else turn.access.writable()
        message = find_message(turn, self.message)
        if access and message.author_id != self.user.pk and not access.may_manage:
            raise NotYours("Only its author, or someone who looks after this room, can delete a message.")
        seq = turn.record(
            Deleted,
            message=message.seq,
            author=message.author_id,
            mentions=tuple(message.mentions.order_by("user").values_list("user", flat=True)),
            mentions_room=message.mentions_room,
        )
        blank_events(turn, [message.seq, *message.wordings.values_list("edit_seq", flat=True)])
        message.wordings.all().delete()
        Reaction.objects.filter(message=message).delete()
        Pin.objects.filter(message=message).delete()
        message.text, message.html, message.deleted_at = "", "", turn.ledger.at
        message.save(update_fields=["text", "html", "deleted_at"])
        return seq


def blank_events(turn: Turn, seqs: Collection[int]) -> None:
    """Take the text out of the log itself, so that no later reader of it finds what was deleted."""
    turn.ledger.blank(turn.room.pk, seqs)
    events = list(Event.objects.filter(room=turn.room, seq__in=seqs))
    for event in events:
        event.data |= {"text": "", "html": "", "deleted": True}
    Event.objects.bulk_update(events, ["data"])


def find_message(turn: Turn, seq: int) -> Message:
    """A message of the turn's room that is not deleted, with what this batch has written so far.

    Raises:
        MessageNotFound: there is none.
    """
    turn.ledger.flush()
    message = Message.objects.filter(room=turn.room, seq=seq, deleted_at=None).first()
    if message is None:
        raise MessageNotFound
    return message


class Accepted(NamedTuple):
    """A message that is stored."""

    seq: int
    #: It was stored before: the same client id had come already.
    is_repeat: bool


def post_message(*, user: User, room_id: int, client_id: UUID, text: str) -> Accepted:
    """Say something. A repeat with the same client id gets the seq of the first.

    Raises:
        CodedError: refused.
    """
    draft = PostMessage(user=user, room_id=room_id, client_id=client_id, text=text)
    seq = append_one(draft)
    if seq is None:
        raise MessageNotFound
    return Accepted(seq, draft.is_repeat)


def edit_message(*, user: User, room_id: int, message: int, text: str) -> int | None:
    """Change what one's message says; the seq of the event, None if it said so already.

    Raises:
        CodedError: refused.
    """
    return append_one(EditMessage(user=user, room_id=room_id, message=message, text=text))


def delete_message(*, user: User, room_id: int, message: int, as_staff: bool = False) -> int | None:
    """Delete a message; the seq of the event.

    Raises:
        CodedError: refused.
    """
    return append_one(DeleteMessage(user=user, room_id=room_id, message=message, as_staff=as_staff))
