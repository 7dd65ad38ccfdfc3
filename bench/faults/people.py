"""Puts somebody out of a room, or in again, as the person does who made the room.

    python -m bench.faults.people out|in ROOM PERSON

Prints the seq of the event. Runs in the site's environment, like one of its commands.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")
django.setup()

from accounts.models import User  # noqa: E402 — models need the applications, which the line above loads.
from rooms.access import access_room  # noqa: E402
from rooms.actions.room_people import add_people, remove_person  # noqa: E402
from rooms.models import Room  # noqa: E402

if __name__ == "__main__":
    act, room, person = sys.argv[1:]
    user = User.objects.get(pk=person)
    maker = User.objects.get(pk=Room.objects.values_list("created_by", flat=True).get(pk=int(room)))
    access = access_room(maker, int(room))
    print(add_people(access=access, people=[user]) if act == "in" else remove_person(access=access, user=user))
