"""What sockets that say hello hear, and what they have missed: read for all that come at once, in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.cards import Person, card
from accounts.models import User
from collab.live.limits import HEARTBEAT
from rooms import epoch
from rooms.access import people_of
from rooms.announce import room_topic, workspace_topic
from rooms.commands import Hello
from rooms.models import Membership, RoomMembership, Workspace
from rooms.signals import Welcome
from rooms.unread import states_of

#: So far may the clocks of two nodes be apart, and a change and its commit; who is told twice loses nothing.
CLOCKS_APART = timedelta(minutes=10)

_CHANGED = """
SELECT asked.workspace_id, person.id FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (workspace_id, since)
JOIN rooms_membership AS membership ON membership.workspace_id = asked.workspace_id
JOIN accounts_user AS person ON person.id = membership.user_id
WHERE person.is_active AND person.changed_at + %s * interval '1 second' >= asked.since
"""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Which topics a person's sockets may hear."""

    rooms: tuple[str, ...]
    #: Topics of the workspaces in which they are no guest; these have no log.
    workspaces: tuple[str, ...]
    #: For each workspace's presence, the ids of the people they may know of; None: everyone.
    attendance: dict[str, frozenset[int] | None]


class Arrival(NamedTuple):
    """A person and their hello."""

    user: User
    hello: Hello


def entitlements(users: Sequence[User]) -> list[Entitlement]:
    """What each of these people may hear now. Two queries, and one for each time that somebody is a guest."""
    ids = {user.pk for user in users}
    memberships = _memberships(ids)
    rooms: defaultdict[int, list[str]] = defaultdict(list)
    joined = RoomMembership.objects.filter(user__in=ids, room__workspace__memberships__user=F("user"))
    for user_id, room_id in joined.values_list("user", "room"):
        rooms[user_id].append(room_topic(room_id))
    return [_entitlement(memberships.get(user.pk, ()), rooms[user.pk]) for user in users]


def _entitlement(memberships: Iterable[Membership], rooms: Iterable[str]) -> Entitlement:
    return Entitlement(
        rooms=tuple(rooms),
        workspaces=tuple(workspace_topic(each.workspace_id) for each in memberships if not each.is_guest),
        attendance={workspace_topic(each.workspace_id): _visible(each) for each in memberships},
    )


def _visible(membership: Membership) -> frozenset[int] | None:
    if not membership.is_guest:
        return None
    return frozenset({membership.user_id, *people_of(membership).values_list("pk", flat=True)})


def welcomes(arrivals: Sequence[Arrival]) -> list[Welcome]:
    """The answers to hello, but for who is online. Read after the topics are heard: nothing falls in between."""
    ids = {user.pk for user, _ in arrivals}
    states = states_of(ids)
    workspaces = _workspaces(ids)
    changed = _changed(arrivals)
    life = epoch.current()
    return [
        Welcome(
            you=card(user),
            at=timezone.now(),
            heartbeat=HEARTBEAT,
            epoch=life,
            rooms=tuple(states[user.pk]),
            workspaces=workspaces[user.pk],
            online={},
            changed=people,
        )
        for (user, _), people in zip(arrivals, changed, strict=True)
    ]


def _workspaces(user_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """By person, the names of their workspaces by id."""
    names: defaultdict[int, dict[int, str]] = defaultdict(dict)
    mine = Workspace.objects.filter(memberships__user__in=user_ids).order_by("pk")
    for user_id, pk, name in mine.values_list("memberships__user", "pk", "name"):
        names[user_id][pk] = name
    return names


def _changed(arrivals: Sequence[Arrival]) -> list[tuple[Person, ...]]:
    """For each, those whom the person may see and who changed while their client was away."""
    memberships = _memberships({user.pk for user, hello in arrivals if hello.since is not None})
    earliest: dict[int, datetime] = {}
    for user, hello in arrivals:
        for each in memberships.get(user.pk, ()):
            if hello.since is not None and not each.is_guest:
                earliest[each.workspace_id] = min(hello.since, earliest.get(each.workspace_id, hello.since))
    changed = _changed_in(earliest)
    return [_seen_by(memberships.get(user.pk, ()), hello.since, changed) for user, hello in arrivals]


def _memberships(user_ids: Collection[int]) -> dict[int, list[Membership]]:
    found: defaultdict[int, list[Membership]] = defaultdict(list)
    for each in Membership.objects.filter(user__in=user_ids) if user_ids else ():
        found[each.user_id].append(each)
    return found


def _changed_in(since: Mapping[int, datetime]) -> dict[int, list[User]]:
    """By workspace, its people who changed since the moment that goes with it."""
    found: defaultdict[int, list[User]] = defaultdict(list)
    if since:
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, [list(since), list(since.values()), CLOCKS_APART.total_seconds()])
            places = cursor.fetchall()
        people = User.objects.in_bulk({user_id for _, user_id in places})
        for workspace_id, user_id in places:
            found[workspace_id].append(people[user_id])
    return found


def _seen_by(
    memberships: Iterable[Membership], since: datetime | None, changed: Mapping[int, list[User]]
) -> tuple[Person, ...]:
    if since is None:
        return ()
    people: dict[int, User] = {}
    for each in memberships:
        theirs = _changed_for_guest(each, since) if each.is_guest else changed.get(each.workspace_id, ())
        people |= {person.pk: person for person in theirs if _known_by(person) >= since}
    return tuple(map(card, people.values()))


def _changed_for_guest(membership: Membership, since: datetime) -> Iterable[User]:
    return people_of(membership).alias(known_by=F("changed_at") + CLOCKS_APART).filter(known_by__gte=since)


def _known_by(person: User) -> datetime:
    return person.changed_at + CLOCKS_APART
