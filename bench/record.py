"""What came to screens, kept small: a minute of a busy site is two million deliveries."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

import msgspec

from bench.checker import Heard

#: Client ids by number begin here where nobody said them in this measurement.
STRANGE = 1_000_000_000


class Columns(msgspec.Struct):
    """A record as it is written to a file: five columns of 64-bit numbers, and the client ids that nobody knew."""

    columns: list[bytes]
    strange: list[str]


class Record:
    """Events in the order in which they came: seat, room, seq, message (by number, -1: none) and monotonic ns.

    Args:
        numbers: by client id, the number of a message in the plan.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers
        self._strange: list[str] = []
        self.seats, self.rooms, self.seqs, self.messages, self.times = (array("q") for _ in range(5))

    def __len__(self) -> int:
        """How many events."""
        return len(self.seats)

    def add(self, seat: int, room: int, seq: int, client_id: str, at: int) -> None:
        """One more event."""
        self.seats.append(seat)
        self.rooms.append(room)
        self.seqs.append(seq)
        self.messages.append(self._number(client_id))
        self.times.append(at)

    def _number(self, client_id: str) -> int:
        if not client_id:
            return -1
        number = self._numbers.get(client_id)
        if number is None:
            number = STRANGE + len(self._strange)
            self._strange.append(client_id)
        return number

    def columns(self) -> Columns:
        """As it is written to a file."""
        kept = (self.seats, self.rooms, self.seqs, self.messages, self.times)
        return Columns([each.tobytes() for each in kept], self._strange)

    @classmethod
    def of(cls, columns: Columns) -> Self:
        """As it was."""
        made = cls({})
        for column, content in zip(
            (made.seats, made.rooms, made.seqs, made.messages, made.times), columns.columns, strict=True
        ):
            column.frombytes(content)
        made._strange = columns.strange
        return made

    def heard(self, client_ids: Sequence[str]) -> Iterator[tuple[int, Heard]]:
        """Seat and event of each, as the checker takes them; `client_ids`: of the plan, by number."""
        for seat, room, seq, message, at in zip(
            self.seats, self.rooms, self.seqs, self.messages, self.times, strict=True
        ):
            yield seat, Heard(room, seq, self._name(message, client_ids), at)

    def _name(self, message: int, client_ids: Sequence[str]) -> str:
        if message < 0:
            return ""
        return client_ids[message] if message < STRANGE else self._strange[message - STRANGE]
