"""Makes people who are never there, one in each room given, and who want a mail of everything that is said in it.

    python -m bench.faults.absent ROOM…

Prints a JSON object: by e-mail address, the room. Runs in the site's environment, like one of its commands.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")
django.setup()

from accounts.models import User  # noqa: E402 — models need the applications, which the line above loads.
from rooms.access import access_room  # noqa: E402
from rooms.actions.deliveries import choose_room_mail  # noqa: E402
from rooms.actions.members import add_member  # noqa: E402
from rooms.models import Role, Room  # noqa: E402


def absent(room_id: int) -> str:
    """Somebody new in the room; their address."""
    address = f"absent-{room_id}@bench.invalid"
    person = User.objects.create_user(address, None, name=f"Absent {room_id}", handle=f"absent-{room_id}")
    room = Room.objects.select_related("workspace", "created_by").get(pk=room_id)
    assert room.created_by is not None
    add_member(workspace=room.workspace, user=person, role=Role.MEMBER, by=room.created_by, rooms=[room])
    choose_room_mail(access=access_room(person, room_id), notify="all")
    return address


if __name__ == "__main__":
    print(json.dumps({absent(int(room)): int(room) for room in sys.argv[1:]}))
