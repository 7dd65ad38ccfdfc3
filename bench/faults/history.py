"""What was done and seen in one round, on the monotonic clock (nanoseconds): the judge's only source from outside."""

import time
from collections import Counter, defaultdict
from typing import NamedTuple

from bench.checker import Heard
from bench.plan import Saying


class Step(NamedTuple):
    """A moment of an operation.

    `what` is `invoked` (handed to the outbox), `sent` (an attempt), `ok`, `put off` (refused, for now at least),
    `failed` (then: for good) or `unknown` (an attempt that was never answered); `detail` is a seq or a code.
    """

    at: int
    seat: int
    client_id: str
    what: str
    detail: str = ""


class Return(NamedTuple):
    """Somebody is live again, after so many seconds."""

    at: int
    seat: int
    seconds: float


class History:
    """One round's."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        #: In the order in which they were said; `at` on the monotonic clock.
        self.said: list[Saying] = []
        #: By client id, the seq that the sender was told, and when.
        self.accepted: dict[str, tuple[int, int]] = {}
        #: By client id, the seq at which the sender's own screen showed it, and when, while no answer had come yet.
        self.learned: dict[str, tuple[int, int]] = {}
        #: By client id, the code of a refusal for good.
        self.failed: dict[str, str] = {}
        #: By seat, what was shown, in order.
        self.heard: dict[int, list[Heard]] = defaultdict(list)
        #: By seat, what came of rooms that their page does not know.
        self.strays: dict[int, list[Heard]] = defaultdict(list)
        #: By seat and room, where a room was loaded anew: the seq shown before, and the one it went on from.
        self.jumps: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        #: Each time that somebody was live again after a loss.
        self.returns: list[Return] = []
        #: By code, how often sockets of theirs ended.
        self.closes: Counter[int] = Counter()

    def step(self, seat: int, client_id: str, what: str, detail: str = "") -> int:
        """Note a moment; when it was."""
        at = time.monotonic_ns()
        self.steps.append(Step(at, seat, client_id, what, detail))
        return at

    def say(self, saying: Saying) -> None:
        """Somebody says something."""
        self.said.append(saying)
        self.step(saying.seat, saying.client_id, "invoked")

    def accept(self, seat: int, client_id: str, seq: int) -> None:
        """The server says that it has stored it."""
        at = self.step(seat, client_id, "ok", str(seq))
        self.accepted.setdefault(client_id, (seq, at))

    def learn(self, client_id: str, seq: int) -> None:
        """The sender sees it stored: it is on their own screen, and its answer may never come."""
        self.learned.setdefault(client_id, (seq, time.monotonic_ns()))

    @property
    def stored(self) -> dict[str, tuple[int, int]]:
        """By client id, the seq that its sender knows of, from an answer or else from their screen, and when."""
        return self.learned | self.accepted

    def refuse(self, seat: int, client_id: str, code: str) -> None:
        """The server says that it never will."""
        self.step(seat, client_id, "failed", code)
        self.failed[client_id] = code

    def absences(self, since: int) -> dict[int, float]:
        """By seat, for how many seconds they were away in all, of what ended after a moment."""
        seconds = dict.fromkeys(self.heard, 0.0)
        for each in self.returns:
            if each.at > since:
                seconds[each.seat] = seconds.get(each.seat, 0.0) + each.seconds
        return seconds

    def errors(self) -> Counter[str]:
        """By code, how often a send was answered with an error."""
        return Counter(step.detail for step in self.steps if step.what == "put off")

    def show(self, seat: int, heard: Heard) -> None:
        """An event is on a screen."""
        self.heard[seat].append(heard)
