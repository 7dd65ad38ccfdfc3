"""A round of the control, judged by what its screens showed: there is no log, and there are no numbers."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from bench.checker import Heard, Verdict
from bench.faults.history import History
from bench.faults.outcome import Outcome
from bench.faults.rounds import Round
from bench.plan import screens_of_rooms

#: Seconds that what is under way has to arrive.
GRACE = 3.0


class ControlRound(Round):
    """The same load and the same fault."""

    async def run(self) -> Outcome:
        """Put the load on, break, mend, wait and judge."""
        outcome = await super().run()
        outcome.system = "tutorial"
        outcome.target = outcome.delay = outcome.away_target = 0.0
        outcome.cases, outcome.late = [], []
        return outcome

    def screens(self) -> dict[int, frozenset[int]]:
        """By room, those who sit there."""
        return screens_of_rooms([person.seat for person in self.crowd.people])

    async def heads(self, screens: dict[int, frozenset[int]]) -> dict[int, int]:
        """There are none."""
        return {}

    async def read_log(self, heads: dict[int, int]) -> dict[int, list[Heard]]:
        """There is none."""
        return {}

    async def come_to_rest(self, screens: dict[int, frozenset[int]]) -> Sequence[int]:
        """Wait until all are back and all is written, and a moment longer."""
        stuck = await super().come_to_rest(screens)
        await asyncio.sleep(GRACE)
        return stuck

    def judge(
        self,
        history: History,
        screens: dict[int, frozenset[int]],
        heads: dict[int, int],
        log: dict[int, list[Heard]],
    ) -> Verdict:
        """By the screens alone."""
        return judge_screens(history, screens)


def judge_screens(history: History, screens: Mapping[int, Collection[int]]) -> Verdict:
    """Count what did not come to a screen, what came twice, and what came after what its sender said later."""
    verdict = Verdict()
    said = [saying for saying in history.said if saying.client_id in history.accepted]
    order = {saying.client_id: (saying.seat, index) for index, saying in enumerate(said)}
    shown = {seat: Counter(each.client_id for each in heard) for seat, heard in history.heard.items()}
    for saying in said:
        for seat in screens[saying.room]:
            times = shown.get(seat, Counter())[saying.client_id]
            if times != 1:
                verdict.blame("doubled" if times else "lost", f"{saying.client_id} at screen {seat}")
    for heard in history.heard.values():
        _check_order([order[each.client_id] for each in heard if each.client_id in order], verdict)
    return verdict


def _check_order(shown: Sequence[tuple[int, int]], verdict: Verdict) -> None:
    last: dict[int, int] = defaultdict(lambda: -1)
    for sender, index in shown:
        if index < last[sender]:
            verdict.blame("sender order", f"{index} of sender {sender}")
        last[sender] = max(index, last[sender])
