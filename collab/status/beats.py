"""What becomes of each beat: a message that was due, and then accepted and delivered, or late, or lost.

Nothing here waits or looks at a clock: all is told what time it is, in seconds that never go back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from . import rules
from .tally import Tally

#: Seconds after which nobody waits any more for a beat whose listener was away all the while. One a second, they are
#: less than the thousand events that a client which comes back is still sent.
GIVEN_UP = 900.0


@dataclass(slots=True)
class Beat:
    """One message under way."""

    minute: datetime
    due: float
    accepted: float | None = None
    received: float | None = None
    #: When to post it again, where it was refused for now.
    again: float | None = None
    is_late: bool = False


class Beats:
    """All that are under way, and the tallies of the minutes in which they were due."""

    def __init__(self) -> None:
        self.tallies: dict[datetime, Tally] = {}
        self._open: dict[UUID, Beat] = {}

    def begin(self, beat: UUID, minute: datetime, now: float) -> None:
        """One is due, whether or not it can be posted at once. It counts from when it is known how it went."""
        self._open[beat] = Beat(minute, now)

    def refuse(self, beat: UUID) -> None:
        """It was refused for good."""
        if (found := self._open.get(beat)) is not None and found.accepted is None:
            self._fail(found)
            del self._open[beat]

    def postpone(self, beat: UUID, until: float) -> None:
        """It was refused for now, and may be posted again then: no failure yet, but its time goes on."""
        if (found := self._open.get(beat)) is not None and found.accepted is None:
            found.again = until

    def due_again(self, now: float) -> list[UUID]:
        """Those that were postponed until now; each is told once."""
        due = {beat: found for beat, found in self._open.items() if found.again is not None and found.again <= now}
        for found in due.values():
            found.again = None
        return [beat for beat, found in due.items() if found.accepted is None]

    def accept(self, beat: UUID, now: float) -> None:
        """It was acknowledged; its delivery may have come before that."""
        if (found := self._open.get(beat)) is not None and found.accepted is None:
            found.accepted = now
            self._settle(beat, found)

    def receive(self, beat: UUID, now: float) -> None:
        """It came to the other person."""
        if (found := self._open.get(beat)) is not None and found.received is None:
            found.received = now
            self._settle(beat, found)

    def judge(self, now: float, listening_since: float | None) -> None:
        """Find those that are too late, and those that are lost.

        Args:
            now: seconds.
            listening_since: since when the listener has had all that it missed; None while it is away.
        """
        for beat, found in list(self._open.items()):
            if now - found.due > rules.IN_TIME:
                self._fail(found)
            if self._is_lost(found, now, listening_since):
                self._fail(found)
                self._tally(found.minute).lost += 1
                del self._open[beat]
            elif self._is_over(found, now):
                del self._open[beat]

    def void(self) -> None:
        """Forget those that are under way: the canary stood still, or gave way, and cannot tell how long they took."""
        self._open.clear()

    @property
    def unanswered(self) -> list[UUID]:
        """Those that may still be accepted in time."""
        return [beat for beat, found in self._open.items() if found.accepted is None]

    @property
    def oldest(self) -> datetime | None:
        """The earliest minute whose tally may still change."""
        return min((each.minute for each in self._open.values()), default=None)

    def _settle(self, beat: UUID, found: Beat) -> None:
        if found.accepted is None or found.received is None:
            return
        took = found.received - found.due
        if max(found.accepted, found.received) - found.due > rules.IN_TIME:
            self._fail(found)
        else:
            self._count(found)
        self._tally(found.minute).time(took * 1000)
        del self._open[beat]

    def _fail(self, found: Beat) -> None:
        if not found.is_late:
            found.is_late = True
            self._count(found)
            self._tally(found.minute).unavailable += 1

    def _count(self, found: Beat) -> None:
        """It is known now how it went: counted sooner, those without an answer yet would make a minute seem well."""
        tally = self._tally(found.minute)
        tally.beats += 1
        tally.accepted += found.accepted is not None

    def _is_lost(self, found: Beat, now: float, listening_since: float | None) -> bool:
        if found.accepted is None or listening_since is None:
            return False
        return now - max(found.accepted, listening_since) > rules.LOST_AFTER

    def _is_over(self, found: Beat, now: float) -> bool:
        """Never acknowledged: whether it was stored is not known, and nothing was promised."""
        age = now - found.due
        return age > GIVEN_UP or (found.accepted is None and age > rules.IN_TIME)

    def _tally(self, minute: datetime) -> Tally:
        return self.tallies.setdefault(minute, Tally())
