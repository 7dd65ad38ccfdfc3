"""Makes the people of a measurement, through the same actions that the site uses, and signs them in."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from bench.plan import Seat
from rooms.actions.members import add_member
from rooms.actions.rooms import create_room
from rooms.actions.workspaces import create_workspace
from rooms.models import Role, Room


def seat_people(count: int, rooms_of: int) -> list[Seat]:
    """A workspace of so many people, all in its general room and each in a private room of `rooms_of`."""
    mark = secrets.token_hex(3)
    people = [person(mark, number) for number in range(count)]
    workspace = create_workspace(owner=people[0], name=f"Bench {mark}")
    for each in people[1:]:
        add_member(workspace=workspace, user=each, role=Role.MEMBER, by=people[0])
    memberships = {each.user_id: each for each in workspace.memberships.select_related("workspace", "user")}
    sessions = sign_in(people)
    seats = []
    for start in range(0, count, rooms_of):
        group = people[start : start + rooms_of]
        maker = memberships[group[0].pk]
        room = create_room(by=maker, name=f"room {start // rooms_of}", kind=Room.Kind.PRIVATE, people=group[1:])
        seats += [Seat(each.pk, sessions[each.pk], room.pk) for each in group]
    return seats


def person(mark: str, number: int) -> User:
    """Somebody without a password: nobody can sign in as them but by the session made here."""
    return User.objects.create_user(
        f"bench-{mark}-{number}@bench.invalid", None, name=f"Person {number}", handle=f"bench-{mark}-{number}"
    )


def sign_in(people: list[User]) -> dict[int, str]:
    """By id, the session of each person, as a sign-in leaves it; it ends by itself within a day."""
    until = timezone.now() + timedelta(days=1)
    rows = [session(each, until) for each in people]
    Session.objects.bulk_create(rows)
    return {person.pk: row.session_key for person, row in zip(people, rows, strict=True)}


def session(user: User, until: datetime) -> Session:
    """A session's row, not stored yet."""
    content = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return Session(session_key=secrets.token_hex(16), session_data=SessionStore().encode(content), expire_date=until)
