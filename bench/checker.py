"""Whether the promises were kept: every accepted message at every screen of its room, once, in order, and in the log.

It trusts nothing that the server says about itself: it compares what was sent, what was acknowledged, what each
screen heard, and what the log gives afterwards.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.plan import Saying

MOST_CASES = 10
#: Events that may be missed before a room is to be loaded anew (docs/protocol.md, `reload`).
RELOAD_BEYOND = 1_000
#: Each fault, and the promise that it breaks.
PROMISES = {
    "lost": "an acknowledged message came to every screen of its room",
    "doubled": "nothing came to a screen twice",
    "out of order": "every screen heard a room's events in the order of seq, without gaps",
    "misplaced": "one seq is the same message on all screens, and none went to a screen outside the room",
    "sender order": "what one person said first stands first",
    "early": "what was acknowledged stands in the log, at the acknowledged seq",
    "unsaid": "nothing was shown or stored that nobody said, or that was refused for good",
    "unmailed": "whoever was away and wished it was told by mail of each message",
    "refused": "nothing was refused for good because a part was broken",
    "mailed twice": "no message stood in two mails, and no mail came again whose sender had heard that it was taken",
}


class Heard(NamedTuple):
    """An event as it came to a screen: what it is about (a client id, or nothing) and when (monotonic nanoseconds)."""

    room: int
    seq: int
    client_id: str
    at: int


@dataclass(slots=True)
class Evidence:
    """What a measurement saw from outside."""

    said: Sequence[Saying]
    #: By client id, the seq that the sender was told after commit, or saw on their own screen.
    acknowledged: Mapping[str, int]
    #: By room, the seats that must hear it.
    screens: Mapping[int, frozenset[int]]
    #: By room, the head before the first message.
    heads: Mapping[int, int]
    #: By seat, what came, in the order it came.
    heard: Mapping[int, Sequence[Heard]]
    #: By room, the events that the log gives afterwards; a room left out was not read.
    log: Mapping[int, Sequence[Heard]]
    #: Client ids of what was refused for good. What is neither here nor acknowledged is of unknown fate.
    refused: Collection[str] = ()
    #: By seat and room, the seq with which a membership ended: nothing beyond it may be shown, or is missed.
    until: Mapping[tuple[int, int], int] = field(default_factory=dict)
    #: By seat and room, where a screen loaded the room anew: the seq shown before, and the one it went on from.
    jumps: Mapping[tuple[int, int], Sequence[tuple[int, int]]] = field(default_factory=dict)
    #: By seat, what came of rooms that the seat did not know, or no longer.
    strays: Mapping[int, Sequence[Heard]] = field(default_factory=dict)
    #: Everything in the log must be on the screens, not only what was acknowledged: the load has drained.
    is_settled: bool = False

    def entitled(self, seat: int, room: int, seq: int) -> bool:
        """Whether an event of a room must have come to one of its screens."""
        return seq <= self.until.get((seat, room), seq) and not any(
            shown < seq <= loaded for shown, loaded in self.jumps.get((seat, room), ())
        )


@dataclass(slots=True)
class Verdict:
    """How often each promise was broken, with a few cases in words."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PROMISES, 0))
    cases: list[str] = field(default_factory=list)

    def blame(self, fault: str, case: str) -> None:
        """Note a broken promise."""
        self.counts[fault] += 1
        if len(self.cases) < MOST_CASES:
            self.cases.append(f"{fault}: {case}")

    @property
    def is_clean(self) -> bool:
        """All promises were kept."""
        return not any(self.counts.values())


def check(evidence: Evidence) -> Verdict:
    """Hold the evidence against the promises."""
    verdict = Verdict()
    for seat, heard in evidence.heard.items():
        _check_screen(evidence, verdict, seat, heard)
    _check_strays(evidence, verdict)
    _check_jumps(evidence, verdict)
    _check_loss(evidence, verdict)
    if evidence.is_settled:
        _check_rest(evidence, verdict)
    _check_names(evidence, verdict)
    _check_senders(evidence, verdict)
    _check_log(evidence, verdict)
    _check_ids(evidence, verdict)
    return verdict


def _check_screen(evidence: Evidence, verdict: Verdict, seat: int, heard: Iterable[Heard]) -> None:
    last = dict(evidence.heads)
    seen: set[tuple[int, int]] = set()
    for room, seq, _, _ in heard:
        where = f"seq {seq} of room {room} at screen {seat}"
        if seat not in evidence.screens.get(room, ()):
            verdict.blame("misplaced", f"{where}, which is not in the room")
        elif (room, seq) in seen:
            verdict.blame("doubled", where)
        elif seq > evidence.until.get((seat, room), seq):
            verdict.blame("misplaced", f"{where}, which was out of the room by then")
        elif seq != last[room] + 1 and (last[room], seq - 1) not in evidence.jumps.get((seat, room), ()):
            verdict.blame("out of order", f"{where} came after {last[room]}")
        seen.add((room, seq))
        last[room] = max(seq, last.get(room, 0))


def _check_strays(evidence: Evidence, verdict: Verdict) -> None:
    """Nobody sees them, but neither may they be sent; only what was on its way when a membership ended may come."""
    for seat, strays in evidence.strays.items():
        for room, seq, _, _ in strays:
            if seat not in evidence.screens.get(room, ()) or seq > evidence.until.get((seat, room), seq):
                verdict.blame("misplaced", f"seq {seq} of room {room} was sent to seat {seat}, which is not in it")


def _check_jumps(evidence: Evidence, verdict: Verdict) -> None:
    """What a room that is loaded anew skips is excused, so it must be much."""
    for (seat, room), jumps in evidence.jumps.items():
        for shown, loaded in jumps:
            if loaded - shown <= RELOAD_BEYOND:
                verdict.blame("lost", f"screen {seat} had to load room {room} anew for {loaded - shown} events")


def _check_loss(evidence: Evidence, verdict: Verdict) -> None:
    shown = {seat: {each.client_id for each in heard} for seat, heard in evidence.heard.items()}
    for saying in evidence.said:
        seq = evidence.acknowledged.get(saying.client_id)
        if seq is None:
            continue
        for seat in evidence.screens[saying.room]:
            if saying.client_id not in shown.get(seat, ()) and evidence.entitled(seat, saying.room, seq):
                verdict.blame("lost", f"{saying.client_id} of room {saying.room} at screen {seat}")


def _check_rest(evidence: Evidence, verdict: Verdict) -> None:
    """What nobody was told of is in the log, too: messages of unknown fate, and who came and went."""
    shown = {seat: {(each.room, each.seq) for each in heard} for seat, heard in evidence.heard.items()}
    for room, events in evidence.log.items():
        rest = [each.seq for each in events if each.client_id not in evidence.acknowledged]
        for seat in evidence.screens[room]:
            for seq in rest:
                if (room, seq) not in shown.get(seat, ()) and evidence.entitled(seat, room, seq):
                    verdict.blame("lost", f"seq {seq} of room {room} at screen {seat}")


def _check_names(evidence: Evidence, verdict: Verdict) -> None:
    messages = {(each.room, each.seq): each.client_id for events in evidence.log.values() for each in events}
    for seat, heard in evidence.heard.items():
        for room, seq, client_id, _ in heard:
            if messages.setdefault((room, seq), client_id) != client_id:
                verdict.blame("misplaced", f"seq {seq} of room {room} is another message at screen {seat}")


def _check_senders(evidence: Evidence, verdict: Verdict) -> None:
    last: dict[tuple[int, int], int] = defaultdict(int)
    stored = {each.client_id: each.seq for events in evidence.log.values() for each in events}
    for saying in evidence.said:
        seq = evidence.acknowledged.get(saying.client_id, stored.get(saying.client_id))
        if seq is None:
            continue
        key = saying.seat, saying.room
        if seq <= last[key]:
            verdict.blame("sender order", f"seq {seq} of room {saying.room} was said after seq {last[key]}")
        last[key] = max(seq, last[key])


def _check_ids(evidence: Evidence, verdict: Verdict) -> None:
    """An id stands once in the log and on a screen, whatever the seq; what nobody said or was refused, nowhere."""
    said = {saying.client_id for saying in evidence.said} - set(evidence.refused)
    places = {f"the log of room {room}": events for room, events in evidence.log.items()}
    places |= {f"screen {seat}": heard for seat, heard in evidence.heard.items()}
    for place, events in places.items():
        seqs: dict[str, int] = {}
        for _, seq, client_id, _ in events:
            if client_id and client_id not in said:
                verdict.blame("unsaid", f"{client_id} in {place}")
            elif client_id and seqs.setdefault(client_id, seq) != seq:
                verdict.blame("doubled", f"{client_id} at seq {seqs[client_id]} and {seq} in {place}")


def _check_log(evidence: Evidence, verdict: Verdict) -> None:
    written = {room: {each.seq: each.client_id for each in events} for room, events in evidence.log.items()}
    for saying in evidence.said:
        seq = evidence.acknowledged.get(saying.client_id)
        if seq is not None and saying.room in written and written[saying.room].get(seq) != saying.client_id:
            verdict.blame("early", f"{saying.client_id} is not at seq {seq} of room {saying.room}")
    for room, events in evidence.log.items():
        head = evidence.heads[room]
        if [each.seq for each in events] != list(range(head + 1, head + 1 + len(events))):
            verdict.blame("out of order", f"the log of room {room} has gaps")
