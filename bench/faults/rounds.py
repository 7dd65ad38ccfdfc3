"""One fault in one stretch of load: peace, the fault, its end, calm, silence, judgement."""

import asyncio
import contextlib
import random
from collections.abc import Sequence

from bench.checker import Evidence, Heard, Verdict, check
from bench.errors import CannotMeasure
from bench.faults import post
from bench.faults.catalog import Fault
from bench.faults.crowd import Crowd
from bench.faults.history import History
from bench.faults.lab import Lab
from bench.faults.outcome import Outcome, outcome
from bench.faults.part import until
from bench.faults.scene import Scene

#: Seconds that everybody has to come to rest after the load has ended.
PATIENCE = 60.0

LOG = """
SELECT event.room_id, event.seq, coalesce(message.client_id::text, '')
FROM rooms_event AS event
JOIN unnest(%s::bigint[], %s::bigint[]) AS start (room_id, head) USING (room_id)
LEFT JOIN rooms_message AS message USING (room_id, seq)
WHERE event.seq > start.head
ORDER BY event.room_id, event.seq
"""
HEADS = "SELECT room_id, max(seq) FROM rooms_event WHERE room_id = ANY(%s) GROUP BY room_id"


class Round:
    """One.

    Args:
        peace: seconds of load before the fault.
        calm: seconds of load after it.
        turn: how often the run has had this fault before: each time its draw is another.
    """

    def __init__(
        self, lab: Lab, crowd: Crowd, fault: Fault, seed: int, *, peace: float, calm: float, turn: int = 0
    ) -> None:
        self.crowd, self.fault, self.seed = crowd, fault, seed
        self.peace, self.calm = peace, calm
        self.lab = lab
        lot = random.Random(f"{seed} {fault.name}" + (f" {turn}" if turn else ""))
        self.scene = Scene(lab, crowd, lot)

    async def run(self) -> Outcome:
        """Put the load on, break, mend, wait and judge."""
        if self.fault.mails:
            await post.rest(self.lab)
        taken = len(self.lab.sink.mails)
        screens = self.screens()
        heads = await self.heads(screens)
        history = self.crowd.begin_round()
        self.crowd.talk()
        await asyncio.sleep(self.peace)
        await self.fault.inject(self.scene)
        await asyncio.sleep(self.calm)
        await self.crowd.fall_silent()
        stuck = await self.come_to_rest(screens)
        log = await self.read_log(heads)
        verdict = self.judge(history, screens, heads, log)
        if self.fault.mails:
            await post.judge(self.scene, taken, log, verdict)
        self.scene.notes += self.lab.supervisor.news()
        for number in stuck:
            self.scene.notes.append(f"seat {number} never caught up: {self.crowd.people[number].whereabouts()}")
            verdict.blame("lost", f"the person of seat {number} never caught up")
        for client_id, code in history.failed.items():
            verdict.blame("refused", f"{client_id} with {code}")
        for case in self.scene.broken:
            verdict.blame("unsaid", case)
        # Before anything is put right: whoever is moved for that was not away for the fault's sake.
        found = outcome(self.fault, self.seed, self.scene, history, verdict)
        for act in self.scene.afterwards:
            await act()
        return found

    def screens(self) -> dict[int, frozenset[int]]:
        """By room, the seats that must hear it."""
        return self.crowd.audience()

    async def heads(self, screens: dict[int, frozenset[int]]) -> dict[int, int]:
        """Where the log of each room stands."""
        return dict(await self.lab.ask(HEADS, sorted(screens)))

    async def come_to_rest(self, screens: dict[int, frozenset[int]]) -> Sequence[int]:
        """Wait until all is sent and shown; the seats of those for whom that never comes."""
        try:
            await until(lambda: self.crowd.have_sent, "", PATIENCE)
        except CannotMeasure:
            self.scene.notes.append("not everything was sent within a minute")
        heads = await self.heads(screens)
        with contextlib.suppress(CannotMeasure):
            await until(lambda: not self.crowd.unsettled(heads, self.scene.until), "", PATIENCE)
        # What would come a second time has its chance.
        await asyncio.sleep(0.5)
        return self.crowd.unsettled(heads, self.scene.until)

    async def read_log(self, heads: dict[int, int]) -> dict[int, list[Heard]]:
        """What was written since then, from PostgreSQL itself."""
        log: dict[int, list[Heard]] = {room: [] for room in heads}
        for room, seq, client_id in await self.lab.ask(LOG, list(heads), list(heads.values())):
            log[room].append(Heard(room, seq, client_id, 0))
        return log

    def judge(
        self,
        history: History,
        screens: dict[int, frozenset[int]],
        heads: dict[int, int],
        log: dict[int, list[Heard]],
    ) -> Verdict:
        """Hold what was seen against the promises."""
        return check(
            Evidence(
                said=history.said,
                acknowledged={key: seq for key, (seq, _) in history.stored.items()},
                screens=screens,
                heads=heads,
                heard={seat: history.heard.get(seat, []) for seat in range(len(self.crowd.people))},
                log=log,
                refused=history.failed,
                until=self.scene.until,
                jumps=history.jumps,
                strays=history.strays,
                is_settled=True,
            )
        )
