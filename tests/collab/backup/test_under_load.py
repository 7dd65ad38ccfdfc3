"""A backup that is made while people talk is restored to a site that has all they had been told was accepted."""

import contextlib
import itertools
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from django.db import connections
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.backup import manifest, marks, snapshot
from rooms.actions.messages import edit_message, post_message
from rooms.models import Room
from tests.collab.backup.conftest import Go, Run
from tests.collab.backup.test_backup import only, pictured

pytestmark = pytest.mark.django_db(transaction=True)

#: What each of them has done before the backup begins, and after it, at the least: so it is made under load.
BEFORE, AFTER = 10, 3

T = TypeVar("T")


class Busy(Generic[T]):
    """Somebody who does one thing after the other until the end."""

    def __init__(self, do: Callable[[int], T]) -> None:
        self._do = do
        #: What was accepted, in its order.
        self.accepted: list[T] = []
        self._grew = threading.Condition()

    def work(self, is_over: threading.Event) -> None:
        with contextlib.closing(connections["default"]):
            for number in itertools.count():
                if is_over.is_set():
                    return
                done = self._do(number)
                with self._grew:
                    self.accepted.append(done)
                    self._grew.notify_all()

    def await_more(self, count: int) -> None:
        with self._grew:
            wanted = len(self.accepted) + count
            assert self._grew.wait_for(lambda: len(self.accepted) >= wanted, 30)


@contextlib.contextmanager
def at_work(people: "list[Busy[Any]]") -> Iterator[None]:
    is_over = threading.Event()
    with ThreadPoolExecutor(len(people)) as threads:
        working = [threads.submit(each.work, is_over) for each in people]
        try:
            yield
        finally:
            is_over.set()
            for each in working:
                each.result()


def poster(user: User, room: Room) -> "Busy[tuple[uuid.UUID, str]]":
    """Accepted: the id and the text of each message."""

    def post(number: int) -> tuple[uuid.UUID, str]:
        client_id, text = uuid.uuid4(), f"{user.handle} says {number}"
        post_message(user=user, room_id=room.pk, client_id=client_id, text=text)
        return client_id, text

    return Busy(post)


def editor(user: User, room: Room) -> "Busy[int]":
    """Accepted: the number that their one message says."""
    posted = post_message(user=user, room_id=room.pk, client_id=uuid.uuid4(), text="To be changed")

    def edit(number: int) -> int:
        assert edit_message(user=user, room_id=room.pk, message=posted.seq, text=f"Changed {number}")
        return number

    return Busy(edit)


def test_what_was_accepted_before_it_is_in_it_and_all_rooms_come_back_as_they_stood(
    run: Run, backups: Path, elsewhere: Go, settings: Settings, ada: User, ben: User, room: Room, general: Room
) -> None:
    posters = [poster(user, where) for user in (ada, ben) for where in (room, general)]
    changing = editor(ben, room)
    pictures = Busy(lambda number: pictured(ada, 1 + number % 3))
    people: list[Busy[Any]] = [*posters, changing, pictures]
    with at_work(people):
        for each in people:
            each.await_more(BEFORE)
        said = dict(itertools.chain.from_iterable(each.accepted for each in posters))
        changed = changing.accepted[-1]
        run("backup")
        for each in people:
            each.await_more(AFTER)

    backup = only(backups)
    told = manifest.read((backup / "manifest.json").read_bytes())
    assert told.missing == []
    assert "Verified" in run("backup", "--verify")
    elsewhere().close()
    run("restore", str(backup))
    with elsewhere() as there:
        assert marks.differences(told.rooms, marks.read(there)) == []
        kept: dict[uuid.UUID, str] = dict(there.execute("SELECT client_id, text FROM rooms_message").fetchall())
        [picture] = snapshot.named_files(there)
    assert {client_id: kept.get(client_id) for client_id in said} == said
    assert all(set(dict(each.accepted)) - kept.keys() for each in posters), "it was not made under load"
    [words] = [text for text in kept.values() if text.startswith("Changed")]
    assert int(words.split()[1]) >= changed
    with Image.open(settings.MEDIA_ROOT / picture) as opened:
        opened.load()
