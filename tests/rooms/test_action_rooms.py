"""Making rooms, changing them, coming and going."""

import uuid
from collections.abc import Callable

import pytest

from accounts.models import User
from collab.live.errors import CodedError
from rooms.access import RoomAccess, access_room
from rooms.actions.members import add_member, remove_member
from rooms.actions.messages import edit_message, post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import react
from rooms.actions.room_people import add_people, join_room, leave_room, remove_person
from rooms.actions.room_settings import archive_room, change_topic, rename_room, unarchive_room
from rooms.actions.rooms import create_room, open_direct
from rooms.codec import tag
from rooms.errors import NameInvalid, NameTaken, NotAllowed, PersonNotFound, RoomArchived, RoomNotFound
from rooms.log import heads, read_after
from rooms.models import Membership, Role, Room, Workspace


def of(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.select_related("workspace__general", "user").get(user=user, workspace=workspace)


def kinds(room: Room) -> list[str]:
    return [tag(event) for event in read_after(room.pk, 0, 100)]


def test_a_room_begins_with_its_making_and_its_makers_coming(ada: User, workspace: Workspace) -> None:
    room = create_room(by=of(ada, workspace), name="  new   room ", kind=Room.Kind.PUBLIC)
    assert room.name == "new room"
    assert kinds(room) == ["created", "joined"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b"])
def test_a_name_that_is_none_is_refused(ada: User, workspace: Workspace, name: str) -> None:
    with pytest.raises(NameInvalid):
        create_room(by=of(ada, workspace), name=name, kind=Room.Kind.PUBLIC)


def test_a_taken_name_is_refused_whatever_its_case(ada: User, workspace: Workspace, room: Room, general: Room) -> None:
    with pytest.raises(NameTaken):
        create_room(by=of(ada, workspace), name="ENGINE", kind=Room.Kind.PRIVATE)
    with pytest.raises(NameTaken):
        rename_room(access=access_room(ada, room.pk), name="General")


def test_a_guest_makes_no_rooms_and_adds_nobody(
    ada: User, ben: User, cleo: User, workspace: Workspace, room: Room
) -> None:
    with pytest.raises(NotAllowed):
        create_room(by=of(cleo, workspace), name="mine", kind=Room.Kind.PRIVATE)
    add_people(access=access_room(ada, room.pk), people=[cleo])
    with pytest.raises(NotAllowed):
        add_people(access=access_room(cleo, room.pk), people=[ben])


def test_a_private_room_is_not_to_be_seen_or_joined(ada: User, ben: User, workspace: Workspace) -> None:
    room = create_room(by=of(ada, workspace), name="secret", kind=Room.Kind.PRIVATE)
    with pytest.raises(RoomNotFound):
        access_room(ben, room.pk)
    stale = RoomAccess(room, of(ben, workspace), None)
    with pytest.raises(RoomNotFound):
        join_room(access=stale)


def test_an_outsider_is_not_let_in_by_anyone(ada: User, mallory: User, workspace: Workspace, room: Room) -> None:
    with pytest.raises(PersonNotFound):
        add_people(access=access_room(ada, room.pk), people=[mallory])
    with pytest.raises(PersonNotFound):
        open_direct(by=of(ada, workspace), people=[mallory])
    with pytest.raises(PersonNotFound):
        create_room(by=of(ada, workspace), name="trap", kind=Room.Kind.PUBLIC, people=[mallory])
    assert not Room.objects.filter(name="trap").exists()


@pytest.mark.parametrize("asking", ["whoever came back", "the other"])
def test_who_left_the_workspace_and_came_back_is_in_their_direct_conversations_again(
    ada: User, ben: User, workspace: Workspace, asking: str
) -> None:
    room = open_direct(by=of(ada, workspace), people=[ben])
    remove_member(by=of(ada, workspace), user=ben)
    add_member(workspace=workspace, user=ben, role=Role.MEMBER, by=ada)
    assert list(room.people.all()) == [ada]
    who, whom = (ben, ada) if asking == "whoever came back" else (ada, ben)
    assert open_direct(by=of(who, workspace), people=[whom]) == room
    assert set(room.people.all()) == {ada, ben}
    head = Room.objects.get(pk=room.pk).head
    assert open_direct(by=of(who, workspace), people=[whom]).head == head


def test_a_set_of_people_has_one_direct_conversation(ada: User, ben: User, workspace: Workspace) -> None:
    first = open_direct(by=of(ada, workspace), people=[ben])
    assert open_direct(by=of(ben, workspace), people=[ada]) == first
    assert open_direct(by=of(ada, workspace), people=[]) != first
    assert set(first.people.all()) == {ada, ben}


def test_only_who_looks_after_a_room_renames_archives_and_removes(ada: User, ben: User, room: Room) -> None:
    access = access_room(ben, room.pk)
    refused: list[Callable[[], object]] = [
        lambda: rename_room(access=access, name="bens"),
        lambda: archive_room(access=access),
        lambda: remove_person(access=access, user=ada),
    ]
    for change in refused:
        with pytest.raises(NotAllowed):
            change()
    assert change_topic(access=access, topic="anyone may say what it is about")


def test_an_archived_room_takes_nothing_and_can_be_read(ada: User, ben: User, cleo: User, room: Room) -> None:
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="last words").seq
    archive_room(access=access_room(ada, room.pk))
    head = heads([room.pk])[room.pk]
    refused: list[Callable[[], object]] = [
        lambda: post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="more"),
        lambda: edit_message(user=ada, room_id=room.pk, message=seq, text="other"),
        lambda: react(user=ada, room_id=room.pk, message=seq, emoji="👍"),
        lambda: pin_message(user=ada, room_id=room.pk, message=seq),
        lambda: change_topic(access=access_room(ada, room.pk), topic="x"),
        lambda: add_people(access=access_room(ada, room.pk), people=[cleo]),
    ]
    for change in refused:
        with pytest.raises(RoomArchived):
            change()
    assert heads([room.pk])[room.pk] == head
    unarchive_room(access=access_room(ada, room.pk))
    assert kinds(room)[-2:] == ["archived", "unarchived"]


def test_the_general_room_is_neither_left_nor_archived(ada: User, ben: User, general: Room) -> None:
    changes: list[Callable[[], object]] = [
        lambda: leave_room(access=access_room(ben, general.pk)),
        lambda: archive_room(access=access_room(ada, general.pk)),
        lambda: remove_person(access=access_room(ada, general.pk), user=ben),
    ]
    for change in changes:
        with pytest.raises(CodedError):
            change()


def test_what_is_so_already_makes_no_event(ada: User, ben: User, room: Room) -> None:
    head = heads([room.pk])[room.pk]
    assert join_room(access=access_room(ben, room.pk)) is None
    assert rename_room(access=access_room(ada, room.pk), name="engine") is None
    assert unarchive_room(access=access_room(ada, room.pk)) is None
    assert add_people(access=access_room(ada, room.pk), people=[ben]) is None
    assert heads([room.pk])[room.pk] == head


def test_leaving_and_being_removed_are_told_apart(ada: User, ben: User, room: Room) -> None:
    leave_room(access=access_room(ben, room.pk))
    join_room(access=access_room(ben, room.pk))
    remove_person(access=access_room(ada, room.pk), user=ben)
    assert kinds(room)[-3:] == ["left", "joined", "removed"]
