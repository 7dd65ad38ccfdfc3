"""Messages that are older than their workspace keeps them: gone for good, and nothing else with them."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from rooms import timeline
from rooms.access import access_room
from rooms.actions import expiry
from rooms.actions.expiry import ExpireMessages, count_expiring, expire_messages, kept_since
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.positions import read_to
from rooms.actions.reactions import react
from rooms.actions.room_settings import archive_room
from rooms.actions.rooms import open_direct
from rooms.actions.workspaces import keep_messages
from rooms.deliveries.digest import digest
from rooms.errors import KeepInvalid, MessageNotFound, NotAllowed, NotConfirmed
from rooms.events import Edited, Expired
from rooms.log import append_one, read_after
from rooms.models import Delivery, Event, Membership, Mention, Message, Pin, Reaction, Role, Room, Wording, Workspace
from rooms.search import find_messages, find_pinned
from rooms.sidebar import sidebar_of
from rooms.unread import room_states
from tests.rooms.ages import began_long_ago, days_ago, kept, say
from tests.rooms.races import meanwhile

DAYS = 30


@pytest.fixture
def room(room: Room) -> Room:
    began_long_ago(room)
    Workspace.objects.filter(pk=room.workspace_id).update(keep_days=DAYS)
    return room


def seqs(room: Room) -> list[int]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))


def expiries(room: Room) -> list[Expired]:
    room.refresh_from_db()
    return [event for event in read_after(room.pk, room.tail - 1, 500) if isinstance(event, Expired)]


def dressed(ada: User, ben: User, room: Room) -> int:
    """A message with all that can hang on one."""
    seq = say(ada, room, "secret for @ben")
    edit_message(user=ada, room_id=room.pk, message=seq, text="secret anew for @ben")
    react(user=ben, room_id=room.pk, message=seq, emoji="👍")
    pin_message(user=ada, room_id=room.pk, message=seq)
    return seq


def test_what_is_older_goes_with_all_that_hung_on_it_and_the_rest_stays(ada: User, ben: User, room: Room) -> None:
    with days_ago(DAYS + 1.1):
        old = [dressed(ada, ben, room), say(ben, room)]
    fresh = dressed(ada, ben, room)
    assert expire_messages() == 1
    assert seqs(room) == [fresh]
    for model in (Wording, Mention, Reaction, Pin):
        assert model.objects.count() == 1, model
    [told] = expiries(room)
    assert (told.through, told.actor, told.seq) == (old[-1], None, room.head)
    assert room.tail == old[-1] + 1
    assert "secret" not in str(list(Event.objects.filter(room=room, seq__lt=fresh).values_list("data", flat=True)))
    assert expire_messages() == 0


def test_what_a_later_edit_said_of_it_cannot_be_read_either(ada: User, room: Room) -> None:
    with days_ago(DAYS + 1.1):
        old = say(ada, room, "first")
    edit = edit_message(user=ada, room_id=room.pk, message=old, text="secret")
    expire_messages()
    [edited] = [event for event in read_after(room.pk, old, 500) if isinstance(event, Edited)]
    assert (edited.seq, edited.text, edited.html, edited.deleted) == (edit, "", "", True)


def test_pages_search_pins_counts_and_mails_know_nothing_of_it(
    ada: User, ben: User, room: Room, workspace: Workspace
) -> None:
    read_to(user=ben, room_id=room.pk, position=room.head)
    with days_ago(DAYS + 1.1):
        old = dressed(ada, ben, room)
    mail = Delivery.objects.get(user=ben)
    assert digest(mail) is not None
    fresh = say(ada, room, "fresh")
    [state] = [state for state in room_states(ben) if state.room == room.pk]
    assert (state.unread, state.mentions) == (2, 1)
    expire_messages()
    [state] = [state for state in room_states(ben) if state.room == room.pk]
    assert (state.unread, state.mentions) == (1, 0)
    access = access_room(ben, room.pk)
    page = timeline.around(access, old)
    assert [row.type for row in page.rows] == ["created", "joined", "joined", "pinned", "posted"]
    assert [row.seq for row in page.rows if row.is_new_line] == [fresh]
    assert find_messages(access.membership, "secret") == []
    assert find_pinned(access) == []
    told = digest(mail)
    assert told is None or [each.seq for part in told.parts for each in part.messages] == [fresh]
    for deed in (delete_message, pin_message):
        with pytest.raises(MessageNotFound):
            deed(user=ada, room_id=room.pk, message=old)


def test_rooms_of_every_kind_lose_what_is_old_and_conversations_keep_their_order(
    ada: User, ben: User, cleo: User, room: Room, workspace: Workspace
) -> None:
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=workspace)
    with days_ago(DAYS + 2):
        directs = [open_direct(by=by, people=people) for people in ([ben], [ben, cleo])]
        for direct in directs:
            say(ada, direct, "old")
        say(ada, room, "old")
        archive_room(access=access_room(ada, room.pk))
    with days_ago(1):
        say(ada, directs[0], "young")
    before = [entry.room.pk for entry in sidebar_of(by).directs]
    assert expire_messages() == 3
    assert [entry.room.pk for entry in sidebar_of(by).directs] == before == [directs[0].pk, directs[1].pk]
    assert Message.objects.count() == 1


def test_a_workspace_that_keeps_messages_for_ever_loses_none(ada: User, ben: User, room: Room) -> None:
    with days_ago(4_000):
        seq = say(ada, room)
    Workspace.objects.update(keep_days=None)
    assert expire_messages() == 0
    assert append_one(ExpireMessages(room_id=room.pk)) is None
    assert seqs(room) == [seq]


def test_whole_days_are_counted_and_the_last_is_kept_to_its_end() -> None:
    now = datetime.datetime(2026, 3, 31, 23, 59, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert kept_since(7, now) == datetime.datetime(2026, 3, 24, tzinfo=datetime.UTC)


def test_nothing_goes_before_its_time_and_it_goes_within_a_day_of_it(ada: User, room: Room) -> None:
    with days_ago(DAYS - 0.01):
        young = say(ada, room)
    assert expire_messages() == 0
    Message.objects.filter(seq=young).update(at=kept_since(DAYS, datetime.datetime.now(datetime.UTC)))
    assert expire_messages() == 0
    Message.objects.filter(seq=young).update(at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(DAYS + 1))
    assert expire_messages() == 1


def test_many_go_in_pieces_each_of_which_tells_how_far(
    ada: User, ben: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "PIECE", 2)
    with days_ago(DAYS + 1.1):
        old = [say(ada, room) for _ in range(5)]
    fresh = say(ada, room)
    assert expire_messages() == 3
    assert [event.through for event in expiries(room)] == [old[1], old[3], old[4]]
    assert seqs(room) == [fresh]


def test_a_run_whose_time_is_over_begins_nothing(ada: User, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    with days_ago(DAYS + 1.1):
        seq = say(ada, room)
    monkeypatch.setattr(expiry, "RUN", 0.0)
    assert expire_messages() == 0
    assert seqs(room) == [seq]


def test_a_message_sent_again_within_a_week_is_still_known(ada: User, room: Room, workspace: Workspace) -> None:
    Workspace.objects.update(keep_days=7)
    client_id = uuid.uuid4()
    with days_ago(6.9):
        first = post_message(user=ada, room_id=room.pk, client_id=client_id, text="once").seq
    expire_messages()
    assert post_message(user=ada, room_id=room.pk, client_id=client_id, text="once") == (first, True)


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_changes_their_mind_while_it_begins_loses_nothing_more(ada: User, ben: User, room: Room) -> None:
    with days_ago(DAYS + 1.1):
        seq = say(ada, room)
    by = Membership.objects.select_related("workspace", "user").get(user=ada, workspace=room.workspace_id)
    with meanwhile(expire_messages) as expiring:
        with transaction.atomic():
            Room.objects.select_for_update().get(pk=room.pk)
            expiring.begin()
            keep_messages(by=by, days=None)
        assert expiring.outcome() == 0
    assert seqs(room) == [seq]


@pytest.mark.django_db(transaction=True)
def test_two_who_expire_at_once_tell_it_once(ada: User, ben: User, room: Room) -> None:
    with days_ago(DAYS + 1.1):
        say(ada, room)
    with meanwhile(expire_messages) as other:
        with transaction.atomic():
            assert expire_messages() == 1
            other.begin()
        assert other.outcome() == 0
    assert len(expiries(room)) == 1
    assert kept(room)[-1] == room.head


@pytest.mark.django_db(transaction=True)
def test_a_room_that_somebody_holds_is_left_for_the_next_run(ada: User, ben: User, room: Room, general: Room) -> None:
    with days_ago(DAYS + 1.1):
        for place in (general, room):
            say(ada, place)

    def quickly() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return expire_messages()

    with meanwhile(quickly) as expiring, transaction.atomic():
        Room.objects.select_for_update().get(pk=general.pk)
        expiring.begin()
        assert expiring.outcome() == 1
    assert (len(seqs(general)), seqs(room)) == (1, [])


# --- who says how long ---------------------------------------------------------------------------------


def membership(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.select_related("workspace", "user").get(user=user, workspace=workspace)


def days_of(workspace: Workspace) -> int | None:
    return Workspace.objects.get(pk=workspace.pk).keep_days


@pytest.mark.parametrize("days", [6, 0, -1, 3651, 10**20])
def test_so_many_days_are_not_to_be_had(ada: User, workspace: Workspace, days: int) -> None:
    with pytest.raises(KeepInvalid):
        keep_messages(by=membership(ada, workspace), days=days, is_confirmed=True)
    assert days_of(workspace) is None


@pytest.mark.parametrize("days", [6, 0, 3651])
def test_the_database_takes_no_other_number_whoever_writes_it(ada: User, workspace: Workspace, days: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.filter(pk=workspace.pk).update(keep_days=days)


def test_a_shorter_time_is_to_be_confirmed_and_a_longer_one_is_not(ada: User, workspace: Workspace) -> None:
    by = membership(ada, workspace)
    for days in (30, 7):
        with pytest.raises(NotConfirmed):
            keep_messages(by=by, days=days)
        keep_messages(by=by, days=days, is_confirmed=True)
        assert days_of(workspace) == days
    keep_messages(by=by, days=30)
    keep_messages(by=by, days=30)
    keep_messages(by=by, days=None)
    assert days_of(workspace) is None


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.GUEST])
def test_only_owners_say_how_long(ben: User, workspace: Workspace, role: Role) -> None:
    by = membership(ben, workspace)
    workspace.memberships.filter(user=ben).update(role=role)
    with pytest.raises(NotAllowed):
        keep_messages(by=by, days=30, is_confirmed=True)
    assert days_of(workspace) is None


def test_what_would_go_is_counted_in_the_workspace_alone(
    ada: User, ben: User, mallory: User, room: Room, general: Room, workspace: Workspace
) -> None:
    elsewhere = Workspace.objects.exclude(pk=workspace.pk).get().general
    assert elsewhere is not None
    with days_ago(DAYS + 1.1):
        say(mallory, elsewhere)
        for place in (room, general):
            say(ada, place)
        delete_message(user=ada, room_id=room.pk, message=say(ada, room))
    say(ada, room)
    assert count_expiring(workspace, DAYS) == 2
    assert count_expiring(workspace, DAYS + 2) == 0
