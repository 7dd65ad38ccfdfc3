import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from rooms import ledger, timeline
from rooms.access import access_room
from rooms.actions.members import add_member
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.positions import read_to
from rooms.actions.reactions import react
from rooms.actions.room_people import add_people, join_room
from rooms.actions.room_settings import change_topic
from rooms.actions.rooms import create_room, open_direct
from rooms.models import Membership, Role, Room, Workspace
from rooms.rows import Row
from tests.conftest import person

START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


class Clock:
    """What time the ledger thinks it is."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime.datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += datetime.timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ledger, "clock", clock)
    return clock


def say(user: User, room: Room, text: str = "words") -> int:
    return post_message(user=user, room_id=room.pk, client_id=uuid4(), text=text).seq


def rows(user: User, room: Room) -> list[Row]:
    return list(timeline.newest(access_room(user, room.pk)).rows)


def row(user: User, room: Room, seq: int) -> Row:
    return next(each for each in rows(user, room) if each.seq == seq)


def test_a_direct_conversation_has_no_rows_about_its_making(ada: User, ben: User, workspace: Workspace) -> None:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    direct = open_direct(by=by, people=[ben])
    assert rows(ada, direct) == []
    seq = say(ben, direct)
    page = timeline.newest(access_room(ada, direct.pk))
    assert [(each.seq, each.new_day) for each in page.rows] == [(seq, True)]
    assert not page.older


def test_the_making_of_a_room_and_every_coming_have_rows(ada: User, ben: User, room: Room) -> None:
    found = [(each.type, each.person.name if each.person else None) for each in rows(ada, room)]
    assert found == [("created", None), ("joined", "Ada"), ("joined", "Ben")]


def test_messages_of_one_person_within_five_minutes_stand_under_one_name(
    ada: User, ben: User, room: Room, clock: Clock
) -> None:
    first, second = say(ada, room), say(ada, room)
    clock.pass_by(minutes=5)
    late = say(ada, room)
    other = say(ben, room)
    assert [row(ada, room, seq).continues for seq in (first, second, late, other)] == [False, True, False, False]


def test_a_notice_parts_messages(ada: User, room: Room, clock: Clock) -> None:
    say(ada, room)
    change_topic(access=access_room(ada, room.pk), topic="cogs")
    assert not row(ada, room, say(ada, room)).continues


def test_a_day_begins_at_midnight_where_the_reader_is(ada: User, room: Room, clock: Clock) -> None:
    clock.now = START.replace(hour=22, minute=59)
    before = say(ada, room)
    clock.pass_by(minutes=2)
    after = say(ada, room)
    with timezone.override("Europe/Berlin"):
        assert row(ada, room, after).new_day
        assert not row(ada, room, after).continues
    with timezone.override("UTC"):
        assert not row(ada, room, after).new_day
        assert row(ada, room, after).continues
    assert not row(ada, room, before).continues


def test_the_new_line_stands_before_the_first_message_of_others_after_the_position(
    ada: User, ben: User, room: Room
) -> None:
    read = say(ada, room)
    read_to(user=ben, room_id=room.pk, position=read)
    say(ben, room)
    gone, first, second = say(ada, room), say(ada, room), say(ada, room)
    delete_message(user=ada, room_id=room.pk, message=gone)
    assert [each.seq for each in rows(ben, room) if each.is_new_line] == [first]
    assert row(ben, room, second).continues
    assert not row(ben, room, first).continues


def test_whoever_only_looks_in_sees_no_new_line(ada: User, workspace: object, room: Room, ben: User) -> None:
    from rooms.actions.room_people import leave_room

    leave_room(access=access_room(ben, room.pk))
    say(ada, room)
    assert not any(each.is_new_line for each in rows(ben, room))


def test_a_deleted_message_stays_as_a_tombstone_without_its_words(ada: User, room: Room) -> None:
    seq = say(ada, room, "a secret")
    delete_message(user=ada, room_id=room.pk, message=seq)
    message = row(ada, room, seq).message
    assert message is not None
    assert message.deleted_at is not None
    assert (message.text, message.html) == ("", "")


def test_reactions_stand_in_the_order_in_which_each_emoji_first_came(ada: User, ben: User, room: Room) -> None:
    seq = say(ada, room)
    for user, emoji in ((ben, "🎉"), (ada, "👍"), (ada, "🎉")):
        react(user=user, room_id=room.pk, message=seq, emoji=emoji)
    assert row(ada, room, seq).reactions == [("🎉", [ben, ada]), ("👍", [ada])]


def test_mentions_are_marked_for_those_whom_they_name(ada: User, ben: User, room: Room) -> None:
    named, everyone, nobody = say(ada, room, "@ben"), say(ada, room, "@room"), say(ada, room, "`@ben`")
    assert [row(ben, room, seq).mentions_me for seq in (named, everyone, nobody)] == [True, True, False]
    assert not any(row(ada, room, seq).mentions_me for seq in (named, everyone, nobody)), (
        "nobody is told of their own words"
    )


def test_events_about_messages_have_no_row_but_pins_do(ada: User, room: Room) -> None:
    seq = say(ada, room)
    edit_message(user=ada, room_id=room.pk, message=seq, text="other words")
    react(user=ada, room_id=room.pk, message=seq, emoji="👍")
    pin_message(user=ada, room_id=room.pk, message=seq)
    assert [each.type for each in rows(ada, room)][-2:] == ["posted", "pinned"]


def told(page: timeline.Page) -> list[tuple[str, list[str], list[str]]]:
    """The lines about those who came that one sees, each with whom it names and whom it only counts."""
    return [(row.coming.split()[0], row.named, row.others) for row in page.rows if row.coming and not row.folded]


def test_people_whom_one_person_added_stand_in_one_line(
    ada: User, ben: User, workspace: Workspace, clock: Clock
) -> None:
    names = ["cleo", "dan", "dora", "eve", "finn"]
    people = [person(name) for name in names]
    for each in people:
        add_member(workspace=workspace, user=each, role=Role.MEMBER, by=ada)
    room = create_room(by=workspace.memberships.get(user=ada), name="engine", kind="public", people=people[:2])
    access = access_room(ada, room.pk)
    assert told(timeline.newest(access)) == [("joined", ["Ada"], []), ("added", ["Cleo", "Dan"], [])]
    add_people(access=access, people=people[2:3])
    assert told(timeline.newest(access_room(ada, room.pk)))[-1] == ("added", ["Cleo", "Dan", "Dora"], [])
    add_people(access=access, people=people[3:4])
    assert told(timeline.newest(access_room(ada, room.pk)))[-1] == ("added", ["Cleo", "Dan"], ["Dora", "Eve"])
    join_room(access=access_room(ben, room.pk))
    say(ada, room)
    add_people(access=access, people=people[4:])
    assert told(timeline.newest(access_room(ada, room.pk)))[-2:] == [("joined", ["Ben"], []), ("added", ["Finn"], [])]


def test_a_new_day_and_the_edge_of_a_page_begin_a_new_line_of_those_who_came(
    ada: User, workspace: Workspace, clock: Clock
) -> None:
    for name in ("cleo", "dan", "dora"):
        add_member(workspace=workspace, user=person(name), role=Role.MEMBER, by=ada)
        clock.pass_by(hours=8)
    general = workspace.general
    assert general is not None
    access = access_room(ada, general.pk)
    assert told(timeline.newest(access))[-2:] == [("added", ["Cleo", "Dan"], []), ("added", ["Dora"], [])]
    assert told(timeline.newest(access, 2)) == [("added", ["Dan"], []), ("added", ["Dora"], [])]


def test_pages_before_after_and_around_a_seq_meet_without_gap_or_double(ada: User, ben: User, room: Room) -> None:
    seqs = [say(user, room) for user in (ada, ben) * 15]
    access = access_room(ada, room.pk)
    middle = seqs[15]
    whole = timeline.newest(access, 100)
    around = timeline.around(access, middle, 10)
    earlier = timeline.before(access, around.rows[0].seq, 100)
    later = timeline.after(access, around.rows[-1].seq, 100)
    assert (around.older, around.newer, earlier.older, earlier.newer) == (True, True, False, True)
    assert (later.older, later.newer, whole.older, whole.newer) == (True, False, False, False)
    assert middle in [each.seq for each in around.rows]
    joined = [*earlier.rows, *around.rows, *later.rows]
    assert [each.seq for each in joined] == [each.seq for each in whole.rows]
    assert [(each.continues, each.new_day) for each in joined] == [
        (each.continues, each.new_day) for each in whole.rows
    ]


def test_a_page_is_cut_at_the_limit_and_says_that_there_is_more(ada: User, room: Room) -> None:
    seqs = [say(ada, room) for _ in range(12)]
    access = access_room(ada, room.pk)
    assert [each.seq for each in timeline.newest(access, 5).rows] == seqs[-5:]
    assert timeline.newest(access, 5).older
    assert timeline.newest(access, 5).rows[0].continues
    assert [each.seq for each in timeline.after(access, seqs[0], 5).rows] == seqs[1:6]
    assert timeline.after(access, seqs[-1], 5).rows == []
    assert timeline.before(access, 1, 5).rows == []


def test_one_begins_where_one_left_off_and_at_the_newest_where_that_is_near(ada: User, ben: User, room: Room) -> None:
    access = access_room(ben, room.pk)
    assert not timeline.where_left(access, 4).newer
    read_to(user=ben, room_id=room.pk, position=say(ada, room))
    seqs = [say(ada, room) for _ in range(5)]
    pages = [timeline.where_left(access_room(ben, room.pk), limit) for limit in (4, 5, 6)]
    assert [page.newer for page in pages] == [True, False, False]
    assert [row.seq for row in pages[0].rows] == [seqs[0] - 2, seqs[0] - 1, *seqs[:2]]
    assert [[row.seq for row in page.rows if row.is_new_line] for page in pages] == [[seqs[0]]] * 3
    assert [row.seq for row in timeline.where_left(access_room(ada, room.pk), 4).rows] == seqs[1:]


def test_a_page_ends_at_the_head_that_it_names(ada: User, room: Room) -> None:
    seq = say(ada, room)
    access = access_room(ada, room.pk)
    say(ada, room, "came while the page was drawn")
    assert access.room.head == seq
    assert timeline.newest(access).rows[-1].seq == seq


def test_rows_cost_the_same_number_of_queries_however_many_they_are(
    ada: User, ben: User, room: Room, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        access = access_room(ada, room.pk)
        with CaptureQueriesContext(connection) as queries:
            rows(ada, room)
        assert access.is_member
        return len(queries)

    def talk() -> None:
        seq = say(ada, room, "@ben look")
        say(ben, room)
        for user in (ada, ben):
            react(user=user, room_id=room.pk, message=seq, emoji="👍")
        pin_message(user=ada, room_id=room.pk, message=seq)

    talk()
    few = cost()
    for _ in range(10):
        talk()
    assert cost() == few
