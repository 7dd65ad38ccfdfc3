"""How far one has read is said under a name of its own: a node that was deaf hears it again."""

from collections.abc import Sequence

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from collab.live.messages import Message
from rooms import announce
from rooms.actions.positions import read_to
from rooms.models import Room


def test_each_persons_position_in_each_room_has_a_name(
    ada: User,
    ben: User,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    said: list[Message] = []

    def publish(messages: Sequence[Message]) -> None:
        said.extend(messages)

    monkeypatch.setattr(announce, "publish", publish)
    room.memberships.update(position=0)
    room.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        for person in (ada, ben):
            read_to(user=person, room_id=room.pk, position=room.head)
    assert [message.echo for message in said] == [f"read_to.{room.pk}.{person.pk}" for person in (ada, ben)]
