"""Makes the people of a measurement, in bulk, as the site's own actions would leave them, and signs them in.

Through the actions each person costs some twenty statements: ten thousand with ten rooms each take an hour. The rows
are written here as `rooms.actions` leaves them, event by event; tests/bench/test_seating.py compares both.
"""

import random
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from accounts.cards import card
from accounts.models import User
from bench.plan import Seat, Seating
from rooms.codec import to_row
from rooms.events import Created, Joined, RoomEvent
from rooms.models import Event, Membership, Role, Room, RoomMembership, Workspace

#: Rows a statement.
AT_A_TIME = 5_000

# As much as PostgreSQL keeps of its log to be written over; a commit that is the first in a new file waits 50 ms.
_FILL_LOG = """
SELECT count(pg_logical_emit_message(false, 'bench', repeat('.', 1024 * 1024)))
FROM generate_series(1, pg_size_bytes(current_setting('min_wal_size')) / (1024 * 1024))
"""


@transaction.atomic
def seat_people(seating: Seating) -> list[Seat]:
    """Workspaces of people, all in its general room and each in private rooms."""
    mark = secrets.token_hex(3)
    people = User.objects.bulk_create([person(mark, number) for number in range(seating.people)], AT_A_TIME)
    rooms: list[tuple[int, ...]] = []
    size = seating.workspace_of or seating.people
    for number, start in enumerate(range(0, len(people), size)):
        rooms += seat_workspace(f"bench-{mark}-{number}", people[start : start + size], seating)
    sessions = sign_in(people)
    with connection.cursor() as cursor:
        # PostgreSQL would count what there is now by itself, but only within a minute or so.
        cursor.execute("ANALYZE")
        # And what it writes next goes to files that it has already, as on a site that did not begin a minute ago.
        cursor.execute(_FILL_LOG)
        cursor.execute("CHECKPOINT")
    return [Seat(each.pk, sessions[each.pk], *_split(of)) for each, of in zip(people, rooms, strict=True)]


def seat_workspace(name: str, people: Sequence[User], seating: Seating) -> list[tuple[int, ...]]:
    """One workspace, the first of its people the owner; by person, the rooms that they talk in."""
    workspace = Workspace.objects.create(name=name, slug=name)
    roles = [Role.OWNER, *[Role.MEMBER] * (len(people) - 1)]
    members = [Membership(workspace=workspace, user=each, role=role) for each, role in zip(people, roles, strict=True)]
    Membership.objects.bulk_create(members, AT_A_TIME)
    general = Room(workspace=workspace, name="general", topic="Everyone is here", created_by=people[0])
    groups = list(deal(people, seating))
    rooms = [
        Room(workspace=workspace, kind=Room.Kind.PRIVATE, name=f"room {number}", created_by=group[0])
        for number, group in enumerate(groups)
    ]
    fill([general, *rooms], [people, *groups])
    workspace.general = general
    workspace.save(update_fields=["general"])
    return _rooms_by_person(people, rooms, groups)


def deal(people: Sequence[User], seating: Seating) -> Iterator[Sequence[User]]:
    """Groups of `rooms_of`, `rooms_each` a person: first as they sit, then each time shuffled, always the same way."""
    lot = random.Random(1)
    order = list(people)
    for _ in range(seating.rooms_each):
        for start in range(0, len(order), seating.rooms_of):
            yield order[start : start + seating.rooms_of]
        lot.shuffle(order)


def fill(rooms: Sequence[Room], groups: Sequence[Sequence[User]]) -> None:
    """Store rooms with these people in each, its maker the first of them."""
    now = timezone.now()
    for room, group in zip(rooms, groups, strict=True):
        room.head, room.head_at = len(group) + 1, now
    Room.objects.bulk_create(rooms, AT_A_TIME)
    pairs = list(zip(rooms, groups, strict=True))
    memberships = (
        RoomMembership(room=room, user=each, position=seq) for room, group in pairs for seq, each in enumerate(group, 2)
    )
    RoomMembership.objects.bulk_create(memberships, AT_A_TIME)
    Event.objects.bulk_create((to_row(event) for room, group in pairs for event in first_page(room, group)), AT_A_TIME)


def first_page(room: Room, group: Sequence[User]) -> Iterator[RoomEvent]:
    """The events that a new room's log begins with: it was made, and everyone was brought in."""
    assert room.head_at is not None
    maker = card(group[0])
    yield Created(room=room.pk, seq=1, at=room.head_at, actor=maker)
    for seq, each in enumerate(group, 2):
        yield Joined(room=room.pk, seq=seq, at=room.head_at, actor=maker, person=card(each))


def person(mark: str, number: int) -> User:
    """Somebody without a password, not stored yet: nobody can sign in as them but by the session made here."""
    name = f"bench-{mark}-{number}"
    user = User(email=f"{name}@bench.invalid", name=f"Person {number}", handle=name)
    user.set_unusable_password()
    return user


def sign_in(people: Iterable[User]) -> dict[int, str]:
    """By id, the session of each person, as a sign-in leaves it; it ends by itself within a day."""
    until = timezone.now() + timedelta(days=1)
    rows = {each.pk: session(each, until) for each in people}
    Session.objects.bulk_create(rows.values(), AT_A_TIME)
    return {pk: row.session_key for pk, row in rows.items()}


def session(user: User, until: datetime) -> Session:
    """A session's row, not stored yet."""
    content = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return Session(session_key=secrets.token_hex(16), session_data=SessionStore().encode(content), expire_date=until)


def _rooms_by_person(
    people: Sequence[User], rooms: Sequence[Room], groups: Sequence[Sequence[User]]
) -> list[tuple[int, ...]]:
    found: dict[int, list[int]] = {each.pk: [] for each in people}
    for room, group in zip(rooms, groups, strict=True):
        for each in group:
            found[each.pk].append(room.pk)
    return [tuple(found[each.pk]) for each in people]


def _split(rooms: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return rooms[0], rooms[1:]
