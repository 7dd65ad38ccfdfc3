"""The log, trimmed: whole from the tail on, and nothing that people read is missing."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import now as timezone_now
from pytest_django.fixtures import Settings

from accounts.models import User
from collab.live.errors import Trimmed
from rooms import timeline, trimming
from rooms.access import access_room
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import react
from rooms.log import read_after
from rooms.models import NOTICES, Event, Room
from rooms.search import find_messages
from rooms.sidebar import entries_of
from rooms.trimming import trim_logs
from rooms.unread import room_states
from tests.rooms.ages import began_long_ago, days_ago, kept, say
from tests.rooms.races import meanwhile

KEPT = 4


@pytest.fixture(autouse=True)
def _few_are_kept(settings: Settings) -> None:
    settings.EVENTS_KEPT = KEPT
    settings.EVENTS_KEPT_DAYS = 30


@pytest.fixture
def room(room: Room) -> Room:
    """As old as what is said in it here."""
    began_long_ago(room)
    return room


def tail(room: Room) -> int:
    return Room.objects.get(pk=room.pk).tail


def head(room: Room) -> int:
    return Room.objects.get(pk=room.pk).head


def talk(ada: User, ben: User, room: Room, times: int = 5) -> list[int]:
    """Messages with all that hangs on them; their seqs."""
    seqs = []
    for number in range(times):
        seq = say(ada, room, f"number {number} for @ben")
        react(user=ben, room_id=room.pk, message=seq, emoji="👍")
        edit_message(user=ada, room_id=room.pk, message=seq, text=f"number {number} anew for @ben")
        seqs.append(seq)
    pin_message(user=ada, room_id=room.pk, message=seqs[0])
    return seqs


def test_what_is_old_and_far_back_goes_and_notices_stay(ada: User, ben: User, room: Room) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    assert trim_logs() == tail(room) - 1
    assert tail(room) == head(room) - KEPT + 1
    old = Event.objects.filter(room=room, seq__lt=tail(room))
    assert set(old.values_list("type", flat=True)) == {"created", "joined"} <= set(NOTICES)
    assert kept(room)[-KEPT:] == list(range(tail(room), head(room) + 1))
    assert trim_logs() == 0


def test_what_is_young_stays_however_much_it_is(ada: User, ben: User, room: Room) -> None:
    began = head(room)
    with days_ago(29):
        talk(ada, ben, room)
    trim_logs()
    assert tail(room) == began + 1
    assert kept(room)[-15:] == list(range(head(room) - 14, head(room) + 1))


def test_the_newest_stay_however_old_they_are(ada: User, room: Room) -> None:
    with days_ago(31):
        while head(room) < KEPT:
            say(ada, room)
    assert trim_logs() == 0
    assert kept(room) == [1, 2, 3, 4]


def test_nothing_young_goes_with_what_is_old(ada: User, ben: User, room: Room) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    last_old = head(room)
    talk(ada, ben, room)
    trim_logs()
    assert tail(room) == last_old + 1


def test_pages_counts_and_search_are_as_before(ada: User, ben: User, room: Room) -> None:
    def shown() -> object:
        access = access_room(ben, room.pk)
        rows = timeline.newest(access, 1_000).rows
        told = [(row.type, row.seq, row.actor, row.message and row.message.text, row.reactions) for row in rows]
        lines = [(row.new_day, row.continues, row.is_new_line, row.mentions_me, row.came) for row in rows]
        membership = access.membership
        found = [each.seq for each in find_messages(membership, "number")]
        return told, lines, room_states(ben), [entry.state for entry in entries_of(membership)], found

    with days_ago(31):
        seqs = talk(ada, ben, room)
        delete_message(user=ada, room_id=room.pk, message=seqs[1])
    before = shown()
    assert trim_logs() > 0
    assert shown() == before
    pages = [timeline.before(access_room(ben, room.pk), seq, 3) for seq in (seqs[2], 1)]
    assert [len(page.rows) for page in pages] == [3, 0]
    assert not pages[1].older


def test_reading_from_before_the_tail_is_told_from_nothing_that_happened(ada: User, ben: User, room: Room) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    trim_logs()
    for after in (0, tail(room) - 2):
        with pytest.raises(Trimmed):
            read_after(room.pk, after, 500)
    assert [event.seq for event in read_after(room.pk, tail(room) - 1, 500)] == kept(room)[-KEPT:]
    assert read_after(room.pk, head(room), 500) == []
    assert read_after(10**9, 0, 500) == []


def test_the_api_says_that_it_is_too_long_ago(ada: User, ben: User, room: Room, as_: Callable[[User], Client]) -> None:
    events = f"/api/v1/rooms/{room.pk}/events/"
    with days_ago(31):
        talk(ada, ben, room)
    trim_logs()
    answer = as_(ada).get(events)
    assert (answer.status_code, answer.json()["code"]) == (410, "trimmed")
    assert "Load the room anew" in answer.json()["message"]
    told = as_(ada).get(f"{events}?after={tail(room) - 1}").json()
    assert [event["seq"] for event in told["events"]] == kept(room)[-KEPT:]


def test_a_message_whose_event_is_trimmed_can_be_edited_deleted_and_sent_again(
    ada: User, ben: User, room: Room
) -> None:
    client_id = uuid.uuid4()
    with days_ago(31):
        seq = post_message(user=ada, room_id=room.pk, client_id=client_id, text="once").seq
        talk(ada, ben, room)
    trim_logs()
    assert seq not in kept(room)
    assert post_message(user=ada, room_id=room.pk, client_id=client_id, text="once") == (seq, True)
    edit_message(user=ada, room_id=room.pk, message=seq, text="twice")
    assert delete_message(user=ada, room_id=room.pk, message=seq) == head(room)


def test_a_run_whose_time_is_over_begins_nothing(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    monkeypatch.setattr(trimming, "RUN", 0.0)
    assert trim_logs() == 0
    assert tail(room) == 1


def test_small_pieces_end_where_a_large_one_would(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    monkeypatch.setattr(trimming, "PIECE", 2)
    trim_logs()
    assert tail(room) == head(room) - KEPT + 1


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_the_log_as_it_was_or_is_told(ada: User, ben: User, room: Room) -> None:
    """Whoever reads while it is trimmed waits for nobody, and finds all of it until the tail has gone on."""
    with days_ago(31):
        talk(ada, ben, room)
    whole = kept(room)
    with meanwhile(lambda: [event.seq for event in read_after(room.pk, 0, 500)]) as reading:
        with transaction.atomic():
            trimming._trim_piece(room.pk, timezone_now())
            reading.begin()
        assert reading.outcome() == whole
    with pytest.raises(Trimmed):
        read_after(room.pk, 0, 500)


@pytest.mark.django_db(transaction=True)
def test_what_is_trimmed_between_head_and_log_is_told_too(ada: User, ben: User, room: Room) -> None:
    with days_ago(31):
        talk(ada, ben, room)
    access = access_room(ada, room.pk)
    assert access.room.tail == 1
    trim_logs()
    with pytest.raises(Trimmed):
        read_after(room.pk, 0, access.room.head)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_trim_at_once_neither_takes_the_tail_back(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trimming, "PIECE", 3)
    with days_ago(31):
        talk(ada, ben, room)
    now = timezone_now()
    with meanwhile(lambda: trimming._trim_piece(room.pk, now)) as other:
        with transaction.atomic():
            for _ in range(2):
                trimming._trim_piece(room.pk, now)
            other.begin()
        assert other.outcome() == 3
    assert tail(room) == 10


@pytest.mark.django_db(transaction=True)
def test_several_trim_while_people_post_and_the_log_stays_whole(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trimming, "PIECE", 3)
    with days_ago(31):
        talk(ada, ben, room, 20)

    def work(deed: Callable[[], object]) -> None:
        try:
            deed()
        finally:
            connection.close()

    def post() -> None:
        for _ in range(20):
            say(ben, room)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, deed) for deed in (trim_logs, post, trim_logs, post)]:
            done.result(30)
    trim_logs()
    first = tail(room)
    assert first > 60
    assert [event.seq for event in read_after(room.pk, first - 1, 500)] == list(range(first, head(room) + 1))
