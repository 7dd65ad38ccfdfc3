"""Unread and mention counts are what a recount over the log says, whatever happens in whatever order."""

import uuid
from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from rooms.access import access_room
from rooms.actions.messages import delete_message, edit_message, post_message
from rooms.actions.positions import read_to
from rooms.actions.room_people import join_room, leave_room
from rooms.actions.rooms import create_room, open_direct
from rooms.errors import PositionBeyondHead, RoomNotFound
from rooms.events import Deleted, Joined, Posted, RoomEvent
from rooms.log import read_after
from rooms.models import Room, RoomMembership, Workspace
from rooms.signals import RoomState
from rooms.unread import room_states

TEXTS = ("hello", "@ada look", "@ben look", "@room everyone", "`@ada` is code", "@ada and @ben")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.sampled_from(["ada", "ben"]), st.sampled_from(TEXTS)),
        st.tuples(st.just("delete"), st.sampled_from(["ada", "ben"]), st.integers(0, 10)),
        st.tuples(st.just("edit"), st.sampled_from(["ada", "ben"]), st.integers(0, 10)),
        st.tuples(st.just("read"), st.sampled_from(["ada", "ben"]), st.integers(0, 20)),
        st.tuples(st.just("rejoin"), st.just("ben"), st.just(0)),
    ),
    max_size=25,
)


def recount(events: Sequence[RoomEvent], user: User, position: int) -> tuple[int, int]:
    """Unread and mentions by going through everything that ever happened."""
    deleted = {event.message for event in events if isinstance(event, Deleted)}
    others = [
        event
        for event in events
        if isinstance(event, Posted) and event.actor and event.actor.id != user.pk
        if event.seq > position and event.seq not in deleted
    ]
    return len(others), sum(event.mentions_room or user.pk in event.mentions for event in others)


def state_of(user: User, room: Room) -> RoomState:
    return next(state for state in room_states(user) if state.room == room.pk)


class Story:
    """Carries out random steps in one room."""

    def __init__(self, room: Room, cast: dict[str, User]) -> None:
        self.room, self.cast = room, cast
        self.messages: list[tuple[str, int]] = []

    def post(self, name: str, text: str) -> None:
        seq = post_message(user=self.cast[name], room_id=self.room.pk, client_id=uuid.uuid4(), text=text).seq
        self.messages.append((name, seq))

    def delete(self, name: str, index: int) -> None:
        own = [seq for author, seq in self.messages if author == name]
        if own:
            seq = own[index % len(own)]
            delete_message(user=self.cast[name], room_id=self.room.pk, message=seq)
            self.messages.remove((name, seq))

    def edit(self, name: str, index: int) -> None:
        own = [seq for author, seq in self.messages if author == name]
        if own:
            seq = own[index % len(own)]
            edit_message(user=self.cast[name], room_id=self.room.pk, message=seq, text=f"@ada @ben edit {index}")

    def read(self, name: str, position: int) -> None:
        self.room.refresh_from_db()
        read_to(user=self.cast[name], room_id=self.room.pk, position=min(position, self.room.head))

    def rejoin(self, name: str, _: int) -> None:
        leave_room(access=access_room(self.cast[name], self.room.pk))
        join_room(access=access_room(self.cast[name], self.room.pk))


@given(story=steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_equal_a_recount(
    workspace: Workspace, ada: User, ben: User, story: list[tuple[str, str, object]]
) -> None:
    by = workspace.memberships.get(user=ada)
    room = create_room(by=by, name=uuid.uuid4().hex, kind=Room.Kind.PUBLIC)
    join_room(access=access_room(ben, room.pk))
    told = Story(room, {"ada": ada, "ben": ben})
    for step, name, argument in story:
        getattr(told, step)(name, argument)
    events = read_after(room.pk, 0, 1_000)
    for user in (ada, ben):
        state = state_of(user, room)
        assert (state.unread, state.mentions) == recount(events, user, state.position)


def test_in_a_direct_conversation_every_message_counts_as_a_mention(workspace: Workspace, ada: User, ben: User) -> None:
    room = open_direct(by=workspace.memberships.get(user=ada), people=[ben])
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="psst")
    assert (state_of(ben, room).unread, state_of(ben, room).mentions) == (1, 1)
    assert state_of(ada, room).unread == 0


def test_a_newcomer_starts_with_nothing_unread(ada: User, ben: User, room: Room) -> None:
    post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="before")
    leave_room(access=access_room(ben, room.pk))
    join_room(access=access_room(ben, room.pk))
    assert state_of(ben, room).unread == 0
    assert any(isinstance(event, Joined) for event in read_after(room.pk, 0, 100))


def test_a_position_never_goes_back_or_beyond_the_head(ada: User, ben: User, mallory: User, room: Room) -> None:
    seq = post_message(user=ada, room_id=room.pk, client_id=uuid.uuid4(), text="hello").seq
    read_to(user=ben, room_id=room.pk, position=seq)
    read_to(user=ben, room_id=room.pk, position=1)
    assert RoomMembership.objects.get(room=room, user=ben).position == seq
    with pytest.raises(PositionBeyondHead), transaction.atomic():
        read_to(user=ben, room_id=room.pk, position=seq + 1)
    with pytest.raises(RoomNotFound):
        read_to(user=mallory, room_id=room.pk, position=1)
