"""What all people of a load see together, from one measurement to the next."""

from collections.abc import Mapping, Sequence

from bench.orders import Absence, Accepted, Part
from bench.plan import Saying
from bench.record import Record


class Journal:
    """One load's.

    Args:
        sizes: by room, how many people are in it.
    """

    def __init__(self, sizes: Mapping[int, int]) -> None:
        self._sizes = sizes
        self.arrivals: list[int] = []
        self.begin(())

    def begin(self, client_ids: Sequence[str]) -> None:
        """Begin a measurement, with these messages in its plan."""
        self._numbers = {client_id: number for number, client_id in enumerate(client_ids)}
        self.screens, self.log = Record(self._numbers), Record(self._numbers)
        self.accepts: list[Accepted] = []
        self.refusals: dict[int, str] = {}
        self.expected = 0
        self.heads: dict[int, int] = {}
        self.lateness: list[int] = []
        self.ended: list[str] = []
        self.absences: list[Absence] = []
        self.not_read: list[int] = []
        self.polls = self.polls_left_out = 0

    def accept(self, saying: Saying, seq: int, at: int) -> None:
        """A message was stored."""
        self.accepts.append(Accepted(self._numbers[saying.client_id], seq, at))
        self.expected += self._sizes[saying.room]

    def refuse(self, client_id: str, code: str) -> None:
        """A message was refused."""
        self.refusals[self._numbers[client_id]] = code

    def part(self) -> Part:
        """All of it, to be written down."""
        return Part(
            screens=self.screens.columns(),
            log=self.log.columns(),
            accepted=self.accepts,
            refused=self.refusals,
            heads=self.heads,
            lateness=self.lateness,
            arrivals=self.arrivals,
            ended=self.ended,
            absences=self.absences,
            not_read=self.not_read,
            polls=self.polls,
            polls_left_out=self.polls_left_out,
        )
