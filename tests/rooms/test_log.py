"""The log: gapless, in order, accepted once, and refusing without a trace."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import User
from collab.live.errors import Unavailable
from rooms.access import access_room
from rooms.actions.messages import DeleteMessage, EditMessage, PostMessage, delete_message, edit_message, post_message
from rooms.actions.room_people import leave_room, remove_person
from rooms.actions.room_settings import archive_room
from rooms.errors import ClientIdReused, RoomNotFound, TextEmpty
from rooms.ledger import Turn
from rooms.log import append, append_each, heads, read_after
from rooms.models import Event, Message, Room
from tests.rooms.races import meanwhile


def say(user: User, room: Room, text: str = "Hello", client_id: uuid.UUID | None = None) -> int:
    return post_message(user=user, room_id=room.pk, client_id=client_id or uuid.uuid4(), text=text).seq


def seqs(room: Room) -> list[int]:
    return list(Event.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))


def test_events_are_numbered_without_gaps(ada: User, ben: User, room: Room) -> None:
    for user in (ada, ben, ada):
        say(user, room)
    assert seqs(room) == list(range(1, heads([room.pk])[room.pk] + 1))


def test_a_batch_keeps_its_order_and_lets_the_good_through(ada: User, mallory: User, room: Room) -> None:
    def draft(user: User, text: str) -> PostMessage:
        return PostMessage(room_id=room.pk, user=user, client_id=uuid.uuid4(), text=text)

    outcomes = append([draft(ada, "one"), draft(mallory, "evil"), draft(ada, "  "), draft(ada, "two")])
    first, evil, empty, second = outcomes
    assert isinstance(evil, RoomNotFound)
    assert isinstance(empty, TextEmpty)
    assert isinstance(first, int)
    assert second == first + 1
    assert list(Message.objects.order_by("seq").values_list("text", flat=True)) == ["one", "two"]


def test_a_repeat_gets_the_first_answer(ada: User, room: Room) -> None:
    client_id = uuid.uuid4()
    first = say(ada, room, "once", client_id)
    assert say(ada, room, "once", client_id) == first
    assert Message.objects.count() == 1


def test_a_repeat_in_the_same_batch_gets_the_first_answer(ada: User, room: Room) -> None:
    client_id = uuid.uuid4()
    drafts = [PostMessage(room_id=room.pk, user=ada, client_id=client_id, text="once") for _ in range(2)]
    first, second = append(drafts)
    assert first == second


def test_a_repeat_after_an_edit_or_deletion_gets_the_first_answer(ada: User, room: Room) -> None:
    client_id = uuid.uuid4()
    first = say(ada, room, "once", client_id)
    edit_message(user=ada, room_id=room.pk, message=first, text="twice")
    assert say(ada, room, "once", client_id) == first
    delete_message(user=ada, room_id=room.pk, message=first)
    assert say(ada, room, "once", client_id) == first


def test_a_client_id_reused_for_another_text_or_room_is_refused(ada: User, room: Room, general: Room) -> None:
    client_id = uuid.uuid4()
    say(ada, room, "this", client_id)
    with pytest.raises(ClientIdReused):
        say(ada, room, "that", client_id)
    with pytest.raises(ClientIdReused):
        say(ada, general, "this", client_id)
    assert Message.objects.count() == 1


def test_two_people_may_happen_on_the_same_client_id(ada: User, ben: User, room: Room) -> None:
    client_id = uuid.uuid4()
    assert say(ada, room, "mine", client_id) != say(ben, room, "mine too", client_id)


def test_deleting_takes_the_text_out_of_the_log(ada: User, room: Room) -> None:
    message = say(ada, room, "secret one")
    edit_message(user=ada, room_id=room.pk, message=message, text="secret two")
    delete_message(user=ada, room_id=room.pk, message=message)
    stored = str(list(Event.objects.values_list("data", flat=True))) + str(list(Message.objects.values("text", "html")))
    assert "secret" not in stored
    events = read_after(room.pk, message - 1, 10)
    assert [event.__struct_config__.tag for event in events] == ["posted", "edited", "deleted"]


def test_an_unknown_room_is_refused(ada: User) -> None:
    with pytest.raises(RoomNotFound):
        post_message(user=ada, room_id=999_999, client_id=uuid.uuid4(), text="?")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_no_gap_and_no_double(ada: User, ben: User, room: Room, general: Room) -> None:
    client_id = uuid.uuid4()

    def write(number: int) -> list[int | Exception | None]:
        user = (ada, ben)[number % 2]
        rooms = (room, general) if number % 3 else (general, room)
        drafts = [PostMessage(room_id=each.pk, user=user, client_id=uuid.uuid4(), text=f"{number}") for each in rooms]
        shared = PostMessage(room_id=room.pk, user=ada, client_id=client_id, text="shared")
        try:
            return append_each([*drafts, shared])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        outcomes = [outcome for batch in threads.map(write, range(24)) for outcome in batch]
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert Message.objects.filter(text="shared").count() == 1
    for each in (room, general):
        assert seqs(each) == list(range(1, heads([each.pk])[each.pk] + 1))


@pytest.mark.django_db(transaction=True)
def test_a_room_that_somebody_holds_keeps_no_other_waiting(ada: User, room: Room, general: Room) -> None:
    drafts = [
        PostMessage(room_id=each.pk, user=ada, client_id=uuid.uuid4(), text=text)
        for each, text in ((room, "one"), (general, "two"), (room, "three"), (general, "four"))
    ]

    def write() -> list[int | Exception | None]:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return append_each(drafts)

    with meanwhile(write) as other, transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        other.begin()
        outcomes = other.outcome()
    assert [type(outcome) for outcome in outcomes] == [Unavailable, int, Unavailable, int]
    assert [type(outcome) for outcome in append_each(drafts)] == [int] * 4
    assert Message.objects.filter(text__in=["one", "two", "three", "four"]).count() == 4


@pytest.mark.django_db(transaction=True)
def test_whoever_is_put_out_while_the_room_is_waited_for_adds_nothing_to_it(ada: User, ben: User, room: Room) -> None:
    with meanwhile(lambda: say(ben, room, "Still here?")) as bens, transaction.atomic():
        remove_person(access=access_room(ada, room.pk), user=ben)
        bens.begin()
    assert isinstance(bens.outcome(), RoomNotFound)
    assert not Message.objects.filter(text="Still here?").exists()


def test_whoever_stands_still_in_a_transaction_holds_its_rooms_for_seconds_only(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5s",)


def test_a_draft_that_cannot_be_stored_takes_no_other_with_it(
    ada: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draft(text: str) -> PostMessage:
        return PostMessage(room_id=room.pk, user=ada, client_id=uuid.uuid4(), text=text)

    def write(self: PostMessage, turn: Turn) -> int | None:
        if self.text == "faulty":
            raise ZeroDivisionError
        return original(self, turn)

    original = PostMessage.write
    monkeypatch.setattr(PostMessage, "write", write)
    good, bad, other = append_each([draft("one"), draft("faulty"), draft("two")])
    assert isinstance(bad, ZeroDivisionError)
    assert isinstance(good, int)
    assert other == good + 1


def test_a_repeat_is_answered_though_the_room_was_archived_or_left_since(ada: User, ben: User, room: Room) -> None:
    client_id = uuid.uuid4()
    first = say(ben, room, "once", client_id)
    leave_room(access=access_room(ben, room.pk))
    assert say(ben, room, "once", client_id) == first
    archive_room(access=access_room(ada, room.pk))
    assert say(ben, room, "once", client_id) == first


def test_a_reused_client_id_tells_nothing_of_rooms_one_is_not_in(ada: User, mallory: User, room: Room) -> None:
    client_id = uuid.uuid4()
    elsewhere = mallory.rooms.get()
    say(mallory, elsewhere, "mine", client_id)
    with pytest.raises(RoomNotFound):
        say(mallory, room, "mine", client_id)


def test_what_is_edited_and_deleted_in_one_batch_leaves_no_text(ada: User, room: Room) -> None:
    message = say(ada, room, "harmless")
    edit = EditMessage(room_id=room.pk, user=ada, message=message, text="SECRET")
    append([edit, DeleteMessage(room_id=room.pk, user=ada, message=message)])
    assert "SECRET" not in str(read_after(room.pk, 0, 100))
