"""Tells the sockets what was committed: the only place where rooms publish."""

import time
from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.cards import Person, card
from accounts.models import User
from collab.live import metrics
from collab.live.messages import Join, Message
from collab.live.publish import control, publish
from rooms.codec import encoder, tag
from rooms.events import Left, Removed, RoleChanged, RoomEvent
from rooms.models import Membership, Role, Room, RoomMembership, Workspace
from rooms.readers import MOST_READERS
from rooms.signals import PersonChanged, ReadTo, RoomAdded, RoomRemoved, Signal, Typing, WorkspaceRenamed
from rooms.unread import room_states

#: The control word by which nodes are told that somebody came to a topic or went.
PRESENCE = "presence"


def room_topic(room_id: int) -> str:
    """What a socket subscribes to for a room."""
    return f"room.{room_id}"


def workspace_topic(workspace_id: int) -> str:
    """What members who are no guests subscribe to for a workspace."""
    return f"workspace.{workspace_id}"


def user_topic(user_id: int) -> str:
    """What each of a person's own sockets subscribes to."""
    return f"user.{user_id}"


def room_of_topic(topic: str) -> int:
    """The room's id; 0: the topic is no room's."""
    return _id_in(topic, "room")


def workspace_of_topic(topic: str) -> int:
    """The workspace's id; 0: the topic is no workspace's."""
    return _id_in(topic, "workspace")


def _id_in(topic: str, kind: str) -> int:
    found, _, number = topic.partition(".")
    return int(number) if found == kind else 0


def parted(event: RoomEvent) -> Person | None:
    """Who hears nothing more of the room after this event."""
    return event.person if isinstance(event, Left | Removed) else None


def entry(event: RoomEvent, committed: float = 0.0) -> Message:
    """An event as an entry of its room's topic; with the time of its commit where that is now."""
    gone = parted(event)
    return Message(
        topic=room_topic(event.room),
        payload=encoder.encode(event),
        seq=event.seq,
        drops=(gone.id,) if gone else (),
        renews=(event.person.id,) if isinstance(event, RoleChanged) else (),
        committed=committed,
    )


def signal(topic: str, said: Signal, join: Join | None = None, echo: str = "") -> Message:
    """A signal on a topic."""
    return Message(topic=topic, payload=encoder.encode(said), join=join, echo=echo)


def announce(events: Sequence[RoomEvent], arrivals: Iterable[tuple[Room, User]]) -> None:
    """After the commit: events to their rooms, and to people who came or went what they hear from now on."""
    now = time.time()
    for event in events:
        metrics.EVENTS.labels(tag(event)).inc()
    removed = [(event, gone) for event in events if (gone := parted(event))]
    publish(
        [
            *(entry(event, now) for event in sorted(events, key=lambda event: (event.room, event.seq))),
            *(signal(user_topic(gone.id), RoomRemoved(room=event.room, head=event.seq)) for event, gone in removed),
            *(welcome_to(room, user) for room, user in arrivals),
        ]
    )


def welcome_to(room: Room, user: User) -> Message:
    """What a person's sockets are told of a room that they came into, or have left again by now."""
    states = room_states(user, [room.pk])
    if not states:
        # They have gone again since. The head comes first: one read later could be that of their coming back.
        head = Room.objects.values_list("head", flat=True).get(pk=room.pk)
        states = room_states(user, [room.pk])
        if not states:
            return signal(user_topic(user.pk), RoomRemoved(room=room.pk, head=head))
    added = RoomAdded(state=states[0])
    if Membership.objects.filter(workspace=room.workspace_id, user=user, role=Role.GUEST).exists():
        # Whom a guest may see has changed with this room: a new hello brings room and people.
        return Message(topic=user_topic(user.pk), payload=encoder.encode(added), control=("reconnect", ""))
    return signal(user_topic(user.pk), added, Join(topic=room_topic(room.pk), after=states[0].head))


def announce_position(room: Room, user: User, position: int) -> None:
    """Tell the room, or in a big one only the person's own other sockets, how far they have read."""
    said = ReadTo(room=room.pk, person=card(user), position=position)
    is_small = RoomMembership.objects.filter(room=room)[: MOST_READERS + 1].count() <= MOST_READERS
    topic = room_topic(room.pk) if is_small else user_topic(user.pk)
    # Positions only go forward, so that an old one that is heard late changes nothing.
    echo = f"read_to.{room.pk}.{user.pk}"
    transaction.on_commit(lambda: publish([signal(topic, said, echo=echo)]))


def announce_typing(room_id: int, person: Person) -> None:
    """Tell the room that somebody is typing."""
    publish([signal(room_topic(room_id), Typing(room=room_id, person=person))])


def announce_nudge(user_ids: Iterable[int]) -> None:
    """Have each socket of these people compare what it has with the log."""
    publish([Message(topic=user_topic(user), control=("nudge", "")) for user in user_ids])


def presence_of(topic: str) -> Message:
    """Has each node look who is online in the topic."""
    return Message(topic=topic, control=(PRESENCE, ""))


def announce_presence(topics: Iterable[str]) -> None:
    """Have each node look who is online in these topics."""
    publish([presence_of(topic) for topic in topics])


def ask_for_hello(user: User) -> None:
    """After the commit, have the person's pages say hello anew: they may hear more from now on, or less."""
    transaction.on_commit(lambda: control(topic=user_topic(user.pk), kind="reconnect", argument=""))


def announce_person(user: User) -> None:
    """Tell everyone who may see the person how they look now."""
    said = PersonChanged(person=card(user))
    mine = Membership.objects.filter(user=user)
    workspaces = mine.exclude(role=Role.GUEST).values_list("workspace", flat=True)
    rooms = RoomMembership.objects.filter(user=user).values("room")
    guests = Membership.objects.filter(role=Role.GUEST, user__room_memberships__room__in=rooms)
    colleagues = Membership.objects.filter(
        workspace__in=mine.filter(role=Role.GUEST).values("workspace"), user__room_memberships__room__in=rooms
    )
    people = set(guests.values_list("user", flat=True)) | set(colleagues.values_list("user", flat=True)) | {user.pk}
    topics = [*map(workspace_topic, workspaces), *map(user_topic, sorted(people))]
    transaction.on_commit(lambda: publish([signal(topic, said) for topic in topics]))


def announce_workspace(workspace: Workspace) -> None:
    """After the commit, tell everyone in the workspace what it is called now."""
    said = WorkspaceRenamed(workspace=workspace.pk, name=workspace.name)
    guests = Membership.objects.filter(workspace=workspace, role=Role.GUEST).values_list("user", flat=True)
    topics = [workspace_topic(workspace.pk), *map(user_topic, guests)]
    transaction.on_commit(lambda: publish([signal(topic, said) for topic in topics]))
