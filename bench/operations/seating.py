"""Makes the people and rooms of a run of operations, through the actions that the site uses.

    python -m bench.operations.seating PEOPLE ROOMS SEED FILE

Runs in the site's environment, like one of its commands. FILE gets a `Cast` as JSON.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import msgspec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")
django.setup()

from accounts.models import User  # noqa: E402 — models need the applications, which the line above loads.
from bench import seating  # noqa: E402
from bench.operations.cast import Cast, Place, Seat  # noqa: E402
from rooms.actions.members import add_member  # noqa: E402
from rooms.actions.rooms import create_room, open_direct  # noqa: E402
from rooms.actions.workspaces import create_workspace  # noqa: E402
from rooms.models import Membership, Role, Room  # noqa: E402

#: Of so many people one is a guest; so many are in a room, and in a direct conversation.
GUEST_OF = 10
ROOM_OF = 10
DIRECT_OF = 3


def seat(count: int, rooms: int, lot: random.Random) -> Cast:
    """A workspace of so many people, with rooms and direct conversations for them."""
    people = User.objects.bulk_create([seating.person("ops", number) for number in range(count)])
    workspace = create_workspace(owner=people[0], name="Operations")
    for number, person in enumerate(people[1:], 1):
        add_member(workspace=workspace, user=person, role=_role(number), by=people[0])
    memberships = {each.user_id: each for each in workspace.memberships.select_related("workspace", "user")}
    assert workspace.general is not None
    made = [workspace.general, *_rooms(people, memberships, rooms, lot), *_direct(people, memberships, lot)]
    sessions = seating.sign_in(people)
    seats = [Seat(each.pk, sessions[each.pk], each.handle, memberships[each.pk].role) for each in people]
    return Cast(workspace.slug, seats, [_place(room, workspace.general) for room in made])


def _role(number: int) -> str:
    return Role.GUEST if number % GUEST_OF == GUEST_OF - 1 else Role.ADMIN if number == 1 else Role.MEMBER


def _rooms(people: list[User], members: dict[int, Membership], count: int, lot: random.Random) -> Iterator[Room]:
    makers = [each for each in people if not members[each.pk].is_guest]
    for number in range(count):
        maker = lot.choice(makers)
        kind = Room.Kind.PRIVATE if number % 2 else Room.Kind.PUBLIC
        inside = lot.sample(people, min(ROOM_OF, len(people)))
        yield create_room(by=members[maker.pk], name=f"room {number}", kind=kind, topic="As it began", people=inside)


def _direct(people: list[User], members: dict[int, Membership], lot: random.Random) -> Iterator[Room]:
    full = [each for each in people if not members[each.pk].is_guest]
    for _ in range(max(1, len(people) // 10)):
        yield open_direct(by=members[full[0].pk], people=lot.sample(full[1:], DIRECT_OF - 1))
        full.append(full.pop(0))


def _place(room: Room, general: Room) -> Place:
    inside = list(room.people.order_by("pk").values_list("pk", flat=True))
    kind = "general" if room == general else str(room.kind)
    return Place(room.pk, kind, room.name, room.topic, room.created_by_id or 0, inside)


if __name__ == "__main__":
    count, rooms, seed, file = sys.argv[1:]
    cast = seat(int(count), int(rooms), random.Random(f"{seed} cast"))
    Path(file).write_bytes(msgspec.json.encode(cast))
