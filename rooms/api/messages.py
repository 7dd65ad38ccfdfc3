"""Messages of a room, and what people put on them."""

import msgspec
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rooms.access import RoomAccess, access_room
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message, unpin_message
from rooms.actions.reactions import react, unreact
from rooms.api.shapes import Cut, MessagePage, MessageShape, PostIn, TextIn, message_shape
from rooms.api.views import PersonView, checked, person, shown
from rooms.errors import MessageNotFound, RoomNotFound
from rooms.models import Message
from rooms.rows import with_marks


class Messages(PersonView):
    """A room's messages."""

    def get(self, request: Request, room: int) -> Response:
        """The newest, or those next `before` or `after` a seq; always in order of seq."""
        cut = checked(Cut, request.query_params)
        messages = _messages(access_room(person(request), room))
        return shown(_page(messages, cut.get("before"), cut.get("after"), cut["limit"]))

    def post(self, request: Request, room: int) -> Response:
        """Say something: 201, or 200 where this client id had said it already."""
        said = checked(PostIn, request.data)
        user = person(request)
        accepted = post_message(user=user, room_id=room, client_id=said["client_id"], text=said["text"])
        return shown(_own(user, room, accepted.seq), 200 if accepted.is_repeat else 201)


class OneMessage(PersonView):
    """A message, by its seq."""

    def get(self, request: Request, room: int, seq: int) -> Response:
        """What it says."""
        return shown(_one(access_room(person(request), room), seq))

    def patch(self, request: Request, room: int, seq: int) -> Response:
        """Change what one's own message says."""
        said = checked(TextIn, request.data)
        edit_message(user=person(request), room_id=room, message=seq, text=said["text"])
        return self.get(request, room, seq)

    def delete(self, request: Request, room: int, seq: int) -> Response:
        """Delete it; a tombstone stays."""
        return shown({"seq": delete_message(user=person(request), room_id=room, message=seq)})


class Reactions(PersonView):
    """One's own emoji on a message. Doing it twice changes nothing: the seq is then null."""

    def put(self, request: Request, room: int, seq: int, emoji: str) -> Response:
        """Put it there."""
        return shown({"seq": react(user=person(request), room_id=room, message=seq, emoji=emoji)})

    def delete(self, request: Request, room: int, seq: int, emoji: str) -> Response:
        """Take it back."""
        return shown({"seq": unreact(user=person(request), room_id=room, message=seq, emoji=emoji)})


class MessagePin(PersonView):
    """A message's pin. Doing it twice changes nothing: the seq is then null."""

    def put(self, request: Request, room: int, seq: int) -> Response:
        """Keep the message at hand for everyone."""
        return shown({"seq": pin_message(user=person(request), room_id=room, message=seq)})

    def delete(self, request: Request, room: int, seq: int) -> Response:
        """Take the pin away."""
        return shown({"seq": unpin_message(user=person(request), room_id=room, message=seq)})


class Pins(PersonView):
    """A room's pinned messages."""

    def get(self, request: Request, room: int) -> Response:
        """All of them, the last pinned first; there are at most 100."""
        pinned = _messages(access_room(person(request), room)).filter(pin__isnull=False).order_by("-pin__seq")
        return shown([message_shape(message) for message in pinned])


def _messages(access: RoomAccess) -> QuerySet[Message]:
    return _shapeable(Message.objects.filter(room=access.room))


def _shapeable(messages: QuerySet[Message]) -> QuerySet[Message]:
    return with_marks(messages).select_related("author", "pin")


def _one(access: RoomAccess, seq: int) -> MessageShape:
    message = _messages(access).filter(seq=seq).first()
    if message is None:
        raise MessageNotFound
    return message_shape(message)


def _own(user: User, room: int, seq: int) -> MessageShape:
    """What one said, also in a room that one has left since; what others did with it is for those in the room."""
    try:
        return _one(access_room(user, room), seq)
    except RoomNotFound:
        mine = _shapeable(Message.objects.filter(room=room, author=user)).get(seq=seq)
        return msgspec.structs.replace(message_shape(mine), reactions=[], pinned=False)


def _page(messages: QuerySet[Message], before: int | None, after: int | None, limit: int) -> MessagePage:
    if after is not None:
        cut = list(messages.filter(seq__gt=after).order_by("seq")[: limit + 1])
        older = messages.filter(seq__lte=after).exists()
        return _shaped(cut[:limit], older=older, newer=len(cut) > limit)
    earlier = messages.filter(seq__lt=before) if before is not None else messages
    cut = list(earlier.order_by("-seq")[: limit + 1])
    newer = before is not None and messages.filter(seq__gte=before).exists()
    return _shaped(cut[:limit][::-1], older=len(cut) > limit, newer=newer)


def _shaped(messages: list[Message], *, older: bool, newer: bool) -> MessagePage:
    return MessagePage(messages=[message_shape(message) for message in messages], older=older, newer=newer)
