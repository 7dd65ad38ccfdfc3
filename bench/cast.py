"""Prepares a site for a measurement: people, rooms, sessions. Nothing of this is inside the measured time.

    python -m bench.cast SEATING FILE

Runs in the site's environment, like one of its commands, because signing up a thousand people over HTTP would take
as many password hashes: minutes of CPU. What is measured afterwards comes in through the front door alone. SEATING
is a `Seating` as JSON. FILE gets a list of seats as JSON; whoever can read it can use the sessions, so it belongs in
a closed folder.
"""

import os
import sys
from pathlib import Path

import django
import msgspec

from collab.embedded.environment import complete

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.settings")
complete(os.environ, starting=False)
django.setup()

from bench.plan import Seating  # noqa: E402 — models need the applications, which the line above loads.
from bench.seating import seat_people  # noqa: E402

if __name__ == "__main__":
    asked, file = sys.argv[1:]
    seating = msgspec.json.decode(asked, type=Seating)
    Path(file).write_bytes(msgspec.json.encode(seat_people(seating)))
