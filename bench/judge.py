"""Puts together what all loads saw, and holds it against the promises."""

import functools
import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bench.checker import Evidence, Heard, Verdict, check
from bench.figures import spread
from bench.orders import Absence, Accepted, Part
from bench.plan import Saying, Seat, screens_of_rooms
from bench.record import Record
from bench.result import Result


@dataclass
class Measured:
    """One plan that was said, and what all loads saw of it.

    Args:
        seats: of all.
        plan: what was said.
        start: the monotonic ns from which it counts.
        parts: what each load saw.
        logs: what the log gave each load afterwards.
    """

    seats: Sequence[Seat]
    plan: Sequence[Saying]
    start: int
    parts: Sequence[Part]
    logs: Sequence[Part]

    @functools.cached_property
    def screens(self) -> list[Record]:
        """What came to screens, a record for each load."""
        return [Record.of(part.screens) for part in self.parts]

    @functools.cached_property
    def accepted(self) -> list[Accepted]:
        """The messages that were accepted."""
        return [each for part in self.parts for each in part.accepted]

    @functools.cached_property
    def absences(self) -> list[Absence]:
        """Who was away, and when."""
        return [each for part in self.parts for each in part.absences]

    def meant(self, message: int) -> int:
        """The monotonic ns at which a message was to be said."""
        return self.start + self.plan[message].at

    @functools.cached_property
    def deliveries(self) -> list[tuple[int, int, int]]:
        """Of each delivery of a message of the plan: its number, the seat, and the ns from when it was to be said."""
        meant = [self.start + saying.at for saying in self.plan]
        return [
            (message, seat, at - meant[message])
            for record in self.screens
            for message, seat, at in zip(record.messages, record.seats, record.times, strict=True)
            if 0 <= message < len(meant)
        ]


def judge(measured: Measured) -> Result:
    """What there is to say of a measurement."""
    parts = measured.parts
    evidence = _evidence(measured)
    verdict: Verdict = check(evidence)
    return Result(
        sent=len(measured.plan),
        accepted=len(measured.accepted),
        refused=[code for part in parts for code in part.refused.values()],
        ended=[how for part in parts for how in part.ended],
        expected=sum(len(evidence.screens[measured.plan[each.message].room]) for each in measured.accepted),
        delivered=len(measured.deliveries),
        faults=verdict.counts,
        cases=verdict.cases,
        log_read=sum(map(len, evidence.log.values())),
        rooms_not_read=sum(len(part.not_read) for part in measured.logs),
        to_screens=spread(late for _, _, late in measured.deliveries),
        to_answers=spread(each.at - measured.meant(each.message) for each in measured.accepted),
        lateness=spread(itertools.chain.from_iterable(part.lateness for part in parts)),
        arrivals=spread(itertools.chain.from_iterable(part.arrivals for part in parts)),
    )


def _evidence(measured: Measured) -> Evidence:
    client_ids = [saying.client_id for saying in measured.plan]
    heard: dict[int, list[Heard]] = defaultdict(list)
    for record in measured.screens:
        for seat, event in record.heard(client_ids):
            heard[seat].append(event)
    return Evidence(
        said=measured.plan,
        acknowledged={client_ids[each.message]: each.seq for each in measured.accepted},
        screens=screens_of_rooms(measured.seats),
        heads=heads(measured.parts),
        heard=heard,
        log=_logs(measured, client_ids),
        refused=[client_ids[message] for part in measured.parts for message in part.refused],
    )


def heads(parts: Sequence[Part]) -> dict[int, int]:
    """By room, where it stood before the first message, as those knew who were furthest."""
    known: dict[int, int] = {}
    for part in parts:
        for room, head in part.heads.items():
            known[room] = max(head, known.get(room, 0))
    return known


def _logs(measured: Measured, client_ids: Sequence[str]) -> dict[int, list[Heard]]:
    """By room, what its log gave; rooms that were not read are left out."""
    logs: dict[int, list[Heard]] = defaultdict(list)
    for part in measured.logs:
        for _, event in Record.of(part.log).heard(client_ids):
            logs[event.room].append(event)
    return logs
