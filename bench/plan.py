"""What is to be measured: who sits where, and who says what when."""

import random
import uuid
from collections.abc import Iterator, Sequence

import msgspec

SECOND = 1_000_000_000
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


class Seating(msgspec.Struct, frozen=True):
    """How people are dealt into rooms and workspaces.

    `rooms_of`: people a room. `rooms_each`: rooms a person, besides the general room of their workspace.
    `workspace_of`: people a workspace, a multiple of `rooms_of`; 0: all are in one.
    """

    people: int
    rooms_of: int
    rooms_each: int = 1
    workspace_of: int = 0

    @property
    def rooms(self) -> int:
        """How many rooms that makes, general ones left out."""
        return self.people // self.rooms_of * self.rooms_each


class Seat(msgspec.Struct, frozen=True):
    """A signed-in person, the room they talk in, and the others that they are in and talk in as well."""

    person: int
    session: str
    room: int
    others: tuple[int, ...] = ()

    @property
    def rooms(self) -> tuple[int, ...]:
        """All rooms that they talk in."""
        return self.room, *self.others


class Saying(msgspec.Struct, frozen=True):
    """Somebody (index of their seat) says something, so many nanoseconds after the start."""

    at: int
    seat: int
    room: int
    client_id: str
    text: str


def sayings(
    seats: Sequence[Seat], rate: int, seconds: int, *, talkers: Sequence[int] = (), seed: int = 1
) -> Iterator[Saying]:
    """The messages of a measurement: evenly spaced, from seats and rooms drawn by lot, the same draw every time.

    Args:
        seats: of all.
        rate: messages a second.
        seconds: how long.
        talkers: indices of those who talk; all of them, if none is named.
        seed: of the lot.
    """
    lot = random.Random(seed)
    talkers = talkers or range(len(seats))
    for number in range(rate * seconds):
        seat = lot.choice(talkers)
        text = f"{lot.choice(SAYINGS)}\n\nno. {number}"
        yield Saying(number * SECOND // rate, seat, lot.choice(seats[seat].rooms), str(uuid.uuid4()), text)


def screens_of_rooms(seats: Sequence[Seat]) -> dict[int, frozenset[int]]:
    """By room, the seats whose screens must show what is said there."""
    rooms: dict[int, set[int]] = {}
    for index, seat in enumerate(seats):
        for room in seat.rooms:
            rooms.setdefault(room, set()).add(index)
    return {room: frozenset(there) for room, there in rooms.items()}
