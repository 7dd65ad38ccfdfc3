"""Of each person and each second: could they use the site in it?

A user-second is lost where one of these touches it, be it for a moment only:

* the person had no socket that was greeted and caught up, however briefly;
* something that they had sent was acknowledged later than the patience allows: all seconds from their enter to the
  acknowledgement are lost;
* something that was stored for them came to their screen later than the patience allows: all seconds from its commit to
  their screen are lost. (What its author could not send yet is not laid to whoever waits for it.)

The patience is 2 s: longer than that, and people ask themselves whether it was sent, and press again. It is told with
half a second as well, at which a talk is no longer felt as live. Each person sends once a second, so nearly each of
their seconds is judged by something sent in it; what lies between two sends is lost where the earlier one was.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

import msgspec

from bench.faults.history import History

SECOND = 1_000_000_000
#: Seconds, as a person sees it and as a machine may.
PATIENCE = 2.0
STRICT = 0.5


class Wait(Enum):
    """What somebody waited for."""

    SOCKET = "no socket"
    ANSWER = "unanswered"
    SCREEN = "unseen"


class Span(NamedTuple):
    """Somebody (index of their seat) waited for something, in monotonic nanoseconds."""

    seat: int
    wait: Wait
    begin: int
    end: int


class Tally(msgspec.Struct, kw_only=True):
    """The user-seconds of a stretch of time, with a patience in seconds."""

    patience: float
    people: int
    seconds: int
    #: From the fault on, and before it.
    lost: int
    lost_in_peace: int
    #: Of all that are lost, those in which somebody waited for this; one may be in several.
    waits: dict[str, int]
    #: Of all, those in which their person sent something: the others are judged by what surrounds them.
    judged: int

    @property
    def a_person(self) -> float:
        """Seconds that the fault cost a person on average."""
        return self.lost / self.people


def tally(spans: Iterable[Span], people: int, begin: int, broke_at: int, patience: float) -> Tally:
    """Count.

    Args:
        spans: of everybody; the last second that counts is the last that one of them touches.
        people: how many.
        begin: when the first second begins (monotonic ns).
        broke_at: when the fault began: the second that it falls into is the first of its own.
        patience: seconds.
    """
    spans = list(spans)
    lost: dict[tuple[int, int], set[Wait]] = defaultdict(set)
    for span in spans:
        if is_too_long(span, patience):
            for second in seconds(span, begin):
                lost[span.seat, second].add(span.wait)
    broke = (broke_at - begin) // SECOND
    after = sum(second >= broke for _, second in lost)
    return Tally(
        patience=patience,
        people=people,
        seconds=max((span.end - begin) // SECOND + 1 for span in spans) if spans else 0,
        lost=after,
        lost_in_peace=len(lost) - after,
        waits={wait.value: sum(wait in waits for waits in lost.values()) for wait in Wait},
        judged=len({(span.seat, (span.begin - begin) // SECOND) for span in spans if span.wait is Wait.ANSWER}),
    )


def is_too_long(span: Span, patience: float) -> bool:
    """Nobody has patience with a socket that is not there; for an answer and for what others said people wait."""
    return span.wait is Wait.SOCKET or span.end - span.begin > patience * SECOND


def seconds(span: Span, begin: int) -> range:
    """The seconds that a span touches, the first of all being 0."""
    return range(max(0, (span.begin - begin) // SECOND), (span.end - begin) // SECOND + 1)


def spans(history: History, commits: Mapping[str, int]) -> Iterator[Span]:
    """Everything that anybody waited for in a round.

    Args:
        history: what was done and seen.
        commits: by client id, the monotonic ns of its commit, or a little earlier.
    """
    stored = history.stored
    end = last(history)
    for each in history.returns:
        yield Span(each.seat, Wait.SOCKET, each.at - round(each.seconds * SECOND), each.at)
    for saying in history.said:
        _, answered = stored.get(saying.client_id, (0, end))
        yield Span(saying.seat, Wait.ANSWER, saying.at, answered)
    for seat, heard in history.heard.items():
        for event in heard:
            if event.client_id in commits:
                yield Span(seat, Wait.SCREEN, commits[event.client_id], event.at)


def last(history: History) -> int:
    """When the last thing happened: what was never answered was waited for until then."""
    shown = max((heard[-1].at for heard in history.heard.values() if heard), default=0)
    return max(shown, max((step.at for step in history.steps), default=0))
