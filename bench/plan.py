"""What is to be measured, as the load generator is told: who sits where, and who says what when."""

import random
import uuid
from collections.abc import Iterator

import msgspec

# Long and short, plain and marked up, as people write.
SAYINGS = (
    "ok",
    "Morning! The draft of the **timetable** is in the folder.",
    "Could somebody look at the build? It says `exit code 2` and nothing else.",
    "- bread\n- two lamps\n- the *long* ladder",
    "I moved it to Thursday, see https://example.org/calendar/thursday for the rest of the week :tada:",
    "> is it out?\n\nNot yet. We wait for the map, and the map waits for the index, and the index waits for me. "
    "I shall be done with it this evening; whoever wants to read along finds it where it always is.",
    "```python\nfor page in pages:\n    print(page.number)\n```\nprints every page twice, why?",
)


class Seat(msgspec.Struct, frozen=True):
    """A signed-in person and the room they talk in."""

    person: int
    session: str
    room: int


class Job(msgspec.Struct, frozen=True):
    """One measurement of the site at `url`, whose sockets are at its `/ws/`."""

    url: str
    seats: list[Seat]
    rate: int
    seconds: int


class Saying(msgspec.Struct, frozen=True):
    """Somebody (index of their seat) says something, so many nanoseconds after the start."""

    at: int
    seat: int
    room: int
    client_id: str
    text: str


def sayings(job: Job, seed: int = 1) -> Iterator[Saying]:
    """The messages of a measurement: evenly spaced, from seats drawn by lot, the same draw every time."""
    lot = random.Random(seed)
    for number in range(job.rate * job.seconds):
        seat = lot.randrange(len(job.seats))
        text = f"{lot.choice(SAYINGS)}\n\nno. {number}"
        yield Saying(number * 1_000_000_000 // job.rate, seat, job.seats[seat].room, str(uuid.uuid4()), text)


def screens_of_rooms(seats: list[Seat]) -> dict[int, frozenset[int]]:
    """By room, the seats whose screens must show what is said there."""
    rooms: dict[int, set[int]] = {}
    for index, seat in enumerate(seats):
        rooms.setdefault(seat.room, set()).add(index)
    return {room: frozenset(there) for room, there in rooms.items()}
