"""What was seen of one measurement, judged."""

import msgspec

from bench.figures import Spread


class Result(msgspec.Struct, frozen=True):
    """One measurement, from outside. Times are counted from when a message was to be sent, not from when it was."""

    sent: int
    accepted: int
    #: Codes of the refusals.
    refused: list[str]
    #: How sockets ended that should have stayed.
    ended: list[str]
    #: Deliveries that the accepted messages make, and those that came (an accepted message at a screen of its room).
    expected: int
    delivered: int
    #: By fault, how often it was found; a few of them in words.
    faults: dict[str, int]
    cases: list[str]
    #: Events that the log gave afterwards, and rooms of which it gives no more so many.
    log_read: int
    rooms_not_read: int
    to_screens: Spread
    to_answers: Spread
    #: How late the generator itself was; part of the two above.
    lateness: Spread
    #: From opening a socket to its `caught_up`.
    arrivals: Spread

    @property
    def unanswered(self) -> int:
        """Messages that were neither accepted nor refused."""
        return self.sent - self.accepted - len(self.refused)

    @property
    def is_clean(self) -> bool:
        """Everything sent was accepted, and every promise kept."""
        return self.accepted == self.sent and not self.ended and not any(self.faults.values())
