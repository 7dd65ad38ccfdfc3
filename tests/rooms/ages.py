"""Things that were said long ago."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from rooms import ledger
from rooms.actions.messages import post_message
from rooms.models import Event, Room


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """What is written meanwhile is of that day."""
    then = timezone.now() - datetime.timedelta(days=days)
    with patch.object(ledger, "clock", lambda: then):
        yield


def began_long_ago(room: Room) -> None:
    """What has happened in the room so far is of a year ago."""
    Event.objects.filter(room=room).update(at=timezone.now() - datetime.timedelta(days=365))


def say(user: User, room: Room, text: str = "words") -> int:
    return post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq


def kept(room: Room) -> list[int]:
    """Seqs that the log still has."""
    return list(Event.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
