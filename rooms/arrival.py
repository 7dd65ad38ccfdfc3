"""What a socket that says hello hears, and what it has missed."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.cards import Person, card
from accounts.models import User
from collab.live.limits import HEARTBEAT
from rooms.access import people_of
from rooms.announce import room_topic, workspace_topic
from rooms.commands import Hello
from rooms.models import Membership, RoomMembership, Workspace
from rooms.signals import RoomState, Welcome
from rooms.unread import room_states

#: So far may the clocks of two nodes be apart, and a change and its commit; who is told twice loses nothing.
CLOCKS_APART = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Which topics a person's sockets may hear."""

    rooms: tuple[str, ...]
    #: Topics of the workspaces in which they are no guest; these have no log.
    workspaces: tuple[str, ...]
    #: For each workspace's presence, the ids of the people they may know of; None: everyone.
    attendance: dict[str, frozenset[int] | None]


def entitlement(user: User) -> Entitlement:
    """What the person may hear now."""
    memberships = list(Membership.objects.filter(user=user).select_related("workspace", "user"))
    of = [each.workspace_id for each in memberships]
    rooms = RoomMembership.objects.filter(user=user, room__workspace__in=of).values_list("room", flat=True)
    full = [workspace_topic(each.workspace_id) for each in memberships if not each.is_guest]
    return Entitlement(
        rooms=tuple(room_topic(pk) for pk in rooms),
        workspaces=tuple(full),
        attendance={workspace_topic(each.workspace_id): _visible(each) for each in memberships},
    )


def _visible(membership: Membership) -> frozenset[int] | None:
    if not membership.is_guest:
        return None
    return frozenset({membership.user_id, *people_of(membership).values_list("pk", flat=True)})


def states(user: User) -> list[RoomState]:
    """Where the person's rooms stand: read after the topics are heard, so that nothing falls in between."""
    return room_states(user)


def welcome(user: User, hello: Hello, rooms: list[RoomState]) -> Welcome:
    """The answer to hello, but for who is online."""
    return Welcome(
        you=card(user),
        at=timezone.now(),
        heartbeat=HEARTBEAT,
        rooms=tuple(rooms),
        workspaces=dict(Workspace.objects.filter(memberships__user=user).order_by("pk").values_list("pk", "name")),
        online={},
        changed=_changed(user, hello),
    )


def _changed(user: User, hello: Hello) -> tuple[Person, ...]:
    """Those whom the person may see and who changed while their client was away."""
    if hello.since is None:
        return ()
    people: dict[int, User] = {}
    for membership in Membership.objects.filter(user=user):
        known_by = people_of(membership).alias(known_by=F("changed_at") + CLOCKS_APART)
        people |= known_by.filter(known_by__gte=hello.since).in_bulk()
    return tuple(card(person) for person in people.values())
