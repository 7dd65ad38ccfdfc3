"""What came of one round, as it is reported."""

import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bench.checker import Heard, Verdict
from bench.faults.catalog import Fault
from bench.faults.history import History
from bench.faults.scene import Scene
from bench.figures import Spread, spread
from bench.mail_checker import Mails

SECOND = 1_000_000_000
#: Seconds from enter to a screen after which it counts as late, where peace was not slower still: a busy machine is.
LATE = 1.0
NOTHING = spread(())


class Outcome(msgspec.Struct, kw_only=True):
    """One round. Times in seconds from the return of what was broken, else from the fault; -1: never."""

    fault: str
    seed: int
    system: str = "collab"
    said: int = 0
    #: Known to their senders as stored.
    accepted: int = 0
    refused: int = 0
    #: Neither accepted nor refused when all had drained.
    unknown: int = 0
    faults: dict[str, int] = {}
    cases: list[str] = []
    first_accepted: float = -1.0
    first_delivery: float = -1.0
    caught_up: float = -1.0
    #: What is promised, in seconds; 0: nothing.
    target: float = 0.0
    delay: float = 0.0
    away_target: float = 0.0
    #: The promises of times that were not kept, in words.
    late: list[str] = []
    #: The longest that anybody was without a live socket at a time, and, by person, all absences together.
    away: float = 0.0
    absences: Spread = NOTHING
    #: From enter to each screen: of what was shown before the fault, and from then on until all had caught up.
    peace: Spread = NOTHING
    storm: Spread = NOTHING
    #: Of the latter, what had to go from one node to another; measured where a fault deals people to nodes.
    elsewhere: Spread = NOTHING
    #: From enter to the answer that it is stored, of what was said from the fault on.
    answers: Spread = NOTHING
    #: By code, how often a send was answered with an error, also where a later try was accepted.
    errors: dict[str, int] = {}
    #: How often a screen was told to load a room afresh.
    reloads: int = 0
    #: By close code, how often sockets ended.
    closes: dict[int, int] = {}
    mails: Mails | None = None
    #: Of the machine, over the last minute: above the number of cores, times are those of a busy machine.
    load_average: float = 0.0
    notes: list[str] = []

    @property
    def lost(self) -> int:
        """Deliveries of acknowledged messages that never came, and acknowledgements of what is not stored."""
        return self.faults.get("lost", 0) + self.faults.get("early", 0)

    @property
    def doubled(self) -> int:
        """Seen or stored twice."""
        return self.faults.get("doubled", 0)

    @property
    def disordered(self) -> int:
        """Seen or stored in another place than promised."""
        return sum(self.faults.get(each, 0) for each in ("out of order", "sender order", "misplaced", "unsaid"))

    @property
    def is_clean(self) -> bool:
        """Nothing was lost, doubled or disordered, and everything of unknown fate has found one."""
        return not any(self.faults.values())


def outcome(fault: Fault, seed: int, scene: Scene, history: History, verdict: Verdict) -> Outcome:
    """Put a round's figures together."""
    since = scene.whole_at or scene.broke_at
    said_at = {saying.client_id: saying.at for saying in history.said}
    shown = [(seat, each) for seat, heard in history.heard.items() for each in heard if each.client_id in said_at]
    before = [each for _, each in shown if each.at < scene.broke_at]
    peace = spread(each.at - said_at[each.client_id] for each in before)
    caught_up = caught_up_at(history, since, [each for _, each in shown], max(LATE, 2 * peace.p99 / 1000))
    storm_ends = max(caught_up, scene.broke_at + 2 * SECOND)
    storm = [(s, e) for s, e in shown if e.at >= scene.broke_at and said_at[e.client_id] < storm_ends]
    stored = history.stored
    found = Outcome(
        fault=fault.name,
        seed=seed,
        said=len(history.said),
        accepted=len(stored),
        refused=len(history.failed),
        unknown=len(said_at.keys() - stored.keys() - history.failed.keys()),
        faults=verdict.counts,
        cases=verdict.cases,
        first_accepted=first((at for _, at in stored.values()), since, since),
        first_delivery=first((e.at for _, e in shown if said_at[e.client_id] >= since), since, since),
        caught_up=(caught_up - since) / SECOND,
        target=fault.target,
        delay=fault.delay,
        away_target=fault.away,
        away=max((each.seconds for each in history.returns if each.at > scene.broke_at), default=0.0),
        absences=spread(round(seconds * SECOND) for seconds in history.absences(scene.broke_at).values()),
        peace=peace,
        storm=spread(each.at - said_at[each.client_id] for _, each in storm),
        elsewhere=spread(elsewhere(scene, history, storm)),
        answers=spread(
            at - said_at[key] for key, (_, at) in history.accepted.items() if said_at[key] >= scene.broke_at
        ),
        errors=dict(history.errors()),
        reloads=sum(map(len, history.jumps.values())),
        load_average=os.getloadavg()[0],
        closes=dict(history.closes),
        mails=scene.mails,
        notes=scene.notes,
    )
    found.late = lateness(found, quiet=fault.quiet)
    return found


def lateness(outcome: Outcome, *, quiet: bool) -> list[str]:
    """The promises of times that were not kept, in words; `quiet`: errors are among them."""
    slowest, told = outcome.storm.max / 1000, sum(outcome.errors.values())
    kept = {
        f"all caught up after {outcome.caught_up:.2f} s": not outcome.target or outcome.caught_up <= outcome.target,
        f"something took {slowest:.2f} s to a screen": not outcome.delay or slowest <= outcome.delay,
        f"somebody was away for {outcome.away:.2f} s": not outcome.away_target or outcome.away <= outcome.away_target,
        f"{told} sends were answered with an error: {outcome.errors}": not quiet or not told,
    }
    return [case for case, is_kept in kept.items() if not is_kept]


def elsewhere(scene: Scene, history: History, storm: Iterable[tuple[int, Heard]]) -> Iterator[int]:
    """Nanoseconds from enter to the screens of people on other nodes, of what was said while it was broken."""
    said = {saying.client_id: saying for saying in history.said}
    for seat, each in storm:
        saying = said[each.client_id]
        while_broken = scene.broke_at <= saying.at < (scene.whole_at or saying.at + 1)
        if scene.nodes and while_broken and scene.nodes[seat] != scene.nodes[saying.seat]:
            yield each.at - saying.at


def first(moments: Iterable[int], after: int, since: int) -> float:
    """Seconds from `since` to the first moment after `after`; -1 where there is none."""
    return min(((at - since) / SECOND for at in moments if at > after), default=-1.0)


def caught_up_at(history: History, since: int, shown: Sequence[Heard], patience: float) -> int:
    """When the last screen had caught up: from then on nobody was away, and nothing came late.

    That is the last return of anybody, or the last moment at which something came to a screen more than `patience`
    seconds after it was said, or at which something that was said before the fault was over came: the latest of them.
    """
    said_at = {saying.client_id: saying.at for saying in history.said}
    late = (
        each.at
        for each in shown
        if each.at - said_at[each.client_id] > patience * SECOND or said_at[each.client_id] <= since
    )
    return max(since, max(late, default=0), max((each.at for each in history.returns), default=0))
